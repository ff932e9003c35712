"""A process that was started by another ends when that other is gone, even when it was killed."""

import os
import signal
import threading
import time

LOOK_SECONDS = 0.5
GRACE_SECONDS = 5.0


def end_with(parent_pid: int) -> None:
    """End this process, politely first, as soon as the process `parent_pid` is no longer its parent."""

    def watch() -> None:
        while os.getppid() == parent_pid:
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
