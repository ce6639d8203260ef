# docker build -t restapi . && docker run -p 5000:5000 restapi postgresql://…
# docker run -p 5000:5000 -v "$PWD:/data:ro" restapi /data/export.aiida
FROM debian:12-slim AS build
WORKDIR /restapi
COPY tools/packages tools/install_packages tools/
RUN tools/install_packages build && rm -rf /var/lib/apt/lists/*
COPY . .
RUN tools/build release restapi && strip build/release/src/api/restapi

FROM debian:12-slim
COPY tools/packages tools/install_packages /tmp/tools/
RUN /tmp/tools/install_packages runtime && rm -rf /tmp/tools /var/lib/apt/lists/* \
    && useradd --system --create-home --shell /usr/sbin/nologin restapi
COPY --from=build /restapi/build/release/src/api/restapi /usr/local/bin/restapi
USER restapi
WORKDIR /home/restapi
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/5000 && printf 'OPTIONS /api/v2/ HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 204 '* ]] && cat <&3 >/dev/null"]
ENTRYPOINT ["restapi", "--hostname", "0.0.0.0"]
