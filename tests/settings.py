"""Settings of the test suite: a data folder of its own, so that no test touches a person's installation.

With `DATABASE_URL` the suite makes its databases on that server; otherwise on an embedded cluster in the folder.
"""

import os

from tests.homes import new_home

if "MAKEWHOLE_TEST_HOME" not in os.environ:
    # The first process of the run makes the folder; the parallel workers inherit its name.
    os.environ["MAKEWHOLE_TEST_HOME"] = str(new_home())
for _name in [name for name in os.environ if name.startswith("MAKEWHOLE_") and not name.startswith("MAKEWHOLE_TEST_")]:
    if _name != "MAKEWHOLE_REQUIRE_BROWSER":
        del os.environ[_name]
os.environ["MAKEWHOLE_HOME"] = os.environ["MAKEWHOLE_TEST_HOME"]
os.environ["MAKEWHOLE_DATABASE_FSYNC"] = "0"

from makewhole.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
