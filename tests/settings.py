"""Settings of the test suite: a data folder of its own, so that no test touches a person's installation.

With `DATABASE_URL` the suite makes its databases on that server; otherwise on an embedded cluster in the folder.
"""

import os
import tempfile
from pathlib import Path

if "MAKEWHOLE_TEST_HOME" not in os.environ:
    # The first process of the run makes the folder and later removes it; the parallel workers inherit it.
    _home = tempfile.mkdtemp(prefix="makewhole-tests-")
    Path(_home).chmod(0o755)
    os.environ["MAKEWHOLE_TEST_HOME"] = _home
    os.environ["MAKEWHOLE_TEST_HOME_OWNER"] = str(os.getpid())
os.environ["MAKEWHOLE_HOME"] = os.environ["MAKEWHOLE_TEST_HOME"]
os.environ["MAKEWHOLE_DATABASE_FSYNC"] = "0"
for _name in ("MAKEWHOLE_DEBUG", "MAKEWHOLE_DEMO", "MAKEWHOLE_HTTPS", "MAKEWHOLE_PUBLIC_URL", "MAKEWHOLE_FILES_URL"):
    os.environ.pop(_name, None)

from makewhole.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
