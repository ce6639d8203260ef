"""The nginx site of tools/deploy/nginx, served by a private nginx in front of the built program."""

import unittest

from one_site_cases import OneSiteCases
from proxies import NGINX, Nginx


@unittest.skipUnless(NGINX, "no nginx here (Debian's nginx-light); its site is a short form of Apache's")
class OneSite(OneSiteCases, unittest.TestCase):
    proxy_type = Nginx
    site = "nginx/one_site.conf"


if __name__ == "__main__":
    unittest.main()
