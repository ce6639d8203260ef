# SPDX-License-Identifier: MIT
"""The nginx sites of tools/deploy/nginx, served by a private nginx in front of the built program."""

import re
import unittest

from balancer_cases import BalancerCases
from one_site_cases import OneSiteCases
from proxies import NGINX, Nginx


needs_nginx = unittest.skipUnless(NGINX, "no nginx here: tools/install_packages test installs it (nginx)")


@needs_nginx
class OneSite(OneSiteCases, unittest.TestCase):
    proxy_type = Nginx
    site = "nginx/one_site.conf"


class OneSiteByName(OneSite):
    part = "location ~ ^/(?:django|sqlalchemy)/"
    is_whole = False


class OneSiteBelowPath(OneSite):
    part = "location /aiida/"
    prefix = "/aiida"


@needs_nginx
class Balancer(BalancerCases, unittest.TestCase):
    proxy_type = Nginx
    site = "nginx/balancer.conf"
    status_of_options = 204

    @staticmethod
    def without(site: str, port: int) -> str:
        return re.sub(f"(server 127.0.0.1:{port}) ", r"\1 down ", site)


if __name__ == "__main__":
    unittest.main()
