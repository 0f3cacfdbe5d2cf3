# Starts Redis with these users: sh start.sh FOLDER [OPTION of redis-server]...
#
#   shop     the functions': reads and writes records, with the password of the Secret redis
#   admin    an operator's, inside of the pod: all commands, with a password that is in FOLDER/admin-password
#            and is new at each start
#   default  off, unless DEFAULT_USER is "on": functions that were deployed by a release without the user shop
#            use it, with the same password and the same commands
#
# FOLDER is a volume in memory. The passwords are neither in the command line nor in a ConfigMap, and Redis
# gets only their SHA-256 digests.
set -eu
folder=$1
shift
umask 077
: "${REDIS_PASSWORD:?is not set: it is the password in the Secret redis}"

digest() { sha256sum | cut -d " " -f 1; }
head -c 32 /dev/urandom | digest >"$folder/admin-password"
admin=$(tr -d "\n" <"$folder/admin-password" | digest)
shop=$(printf %s "$REDIS_PASSWORD" | digest)

# INFO is how a client learns that Redis has loaded its file. KEYS, CONFIG, FLUSHALL, SHUTDOWN, MONITOR, ACL
# and the like are dangerous commands, in Redis' terms. The functions' records are in database 0: without the
# commands that reach another one, nobody can hide records there.
rules="resetchannels ~* -@all +@read +@write +@connection +eval +evalsha +time -function -@dangerous +info"
rules="$rules -select -move -swapdb -copy"
{
  echo "user admin on #$admin ~* &* +@all"
  echo "user shop on #$shop $rules"
  if [ "${DEFAULT_USER:-off}" = on ]; then
    echo "user default on #$shop $rules"
  else
    # No client can be it. But Redis loads its file as this user, and silently skips the transactions in it,
    # which are the writes of scripts, if the user may not run their commands.
    echo "user default off ~* +@all"
  fi
} >"$folder/users.acl"
exec redis-server --aclfile "$folder/users.acl" "$@"
