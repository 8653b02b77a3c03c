"""The five processes of paperless-ngx: what each is, and what users may say of it.

Sources, all upstream: argv in ``docker/rootfs/etc/s6-overlay/s6-rc.d/svc-*/run``; directories in
``src/documents/data_models.py`` (a task's message carries a path) and ``src/paperless/checks.py``; what was measured of
signals and probes is in ``docs/decisions/0003-processes.md``.
"""
