#!/bin/sh
exec node "$(dirname "$0")/../entrypoint.ts" "$@"
