#!/bin/sh
# As upstream's, for a user that is not root.
folder="${PAPERLESS_SUPERVISORD_WORKING_DIR:-$PWD}"
exec /usr/bin/supervisord -c /etc/supervisord.conf --user paperless \
  --logfile "$folder/supervisord.log" --pidfile "$folder/supervisord.pid"
