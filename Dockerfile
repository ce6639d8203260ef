# SPDX-License-Identifier: MIT
# docker build -t restapi . && docker run -p 127.0.0.1:5000:5000 restapi postgresql://…
# docker run -p 127.0.0.1:5000:5000 -v /srv/archives:/data:ro restapi /data/     (each archive of a folder, at /NAME/api/v2)
# docker run -p 127.0.0.1:5000:5000 -v /srv/archives:/data:ro restapi -p mc3d=/data/export.aiida -p live=postgresql://…
# It needs no rights and writes below /tmp only, where archives are unpacked while they are open:
#   --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges
# It calls itself healthy while a database answers (restapi --ready, at port 5001 inside; -e RESTAPI_ADMIN_PORT=… is another).
# Options are arguments or RESTAPI_… variables. The proxy is not this machine then: -e RESTAPI_TRUSTED_PROXY=172.16.0.0/12
FROM debian:12-slim AS build
WORKDIR /restapi
COPY tools/packages tools/install_packages tools/
RUN tools/install_packages build package && rm -rf /var/lib/apt/lists/*
COPY . .
RUN tools/package && mv build/release/restapi_*.deb /restapi.deb

# The package knows what it needs.
FROM debian:12-slim
COPY --from=build /restapi.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/restapi.deb \
    && rm -rf /tmp/restapi.deb /var/lib/apt/lists/* \
    && useradd --system --uid 65532 --user-group --create-home --shell /usr/sbin/nologin restapi
# A number: Kubernetes cannot tell from a name that it is not root.
USER 65532:65532
WORKDIR /home/restapi
ENV RESTAPI_HOSTNAME=0.0.0.0 RESTAPI_PORT=5000 RESTAPI_ADMIN_PORT=5001
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["restapi", "--ready"]
ENTRYPOINT ["restapi"]
