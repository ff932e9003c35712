"""Runs the rooms' tasks through procrastinate, and takes up the jobs of workers that were killed."""

import asyncio
import contextlib
import logging

from procrastinate import App
from procrastinate.contrib.django import app as proxied_app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)

CONCURRENCY = 4
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 15.0
GRACE_SECONDS = 3.0
RETRY_SECONDS = 1.0


async def run_deliveries(stop: asyncio.Event) -> None:
    """Run jobs until `stop` is set, starting over when the database goes away; running jobs get some seconds to end."""
    while not stop.is_set():
        try:
            await _run_until(stop)
        except (ConnectorException, PoolTimeout) as error:
            logger.warning("Deliveries wait for the database: %s", str(error.__cause__ or error).strip())
        except Exception:
            logger.exception("Deliveries were interrupted; they begin again in %.0f second.", RETRY_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RETRY_SECONDS)


async def _run_until(stop: asyncio.Event) -> None:
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=CONCURRENCY + 2, timeout=5)
    app = proxied_app.with_connector(connector)
    async with app.open_async():
        tasks = {
            asyncio.create_task(stop.wait(), name="stop"),
            asyncio.create_task(_take_up_stalled_jobs(app), name="take up stalled jobs"),
            asyncio.create_task(
                app.run_worker_async(
                    concurrency=CONCURRENCY,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                ),
                name="deliveries",
            ),
        }
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()


async def _take_up_stalled_jobs(app: App) -> None:
    """Queue again what a killed worker had in hand."""
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            try:
                await app.job_manager.retry_job(job)
                logger.warning("Job %s (%s) of a worker that is gone is queued again.", job.id, job.task_name)
            except ConnectorException as error:
                logger.info("Job %s was taken up by another worker meanwhile: %s", job.id, error)
        await asyncio.sleep(HEARTBEAT_SECONDS)
