/* duckdb QUERY: prints a query's rows as pipe-delimited CSV, on all cores.
 * The benchmarks link it with the library alone, which npm has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { void *internal; } *duckdb_database, *duckdb_connection;
typedef struct { unsigned long long counts[3]; void *deprecated[2], *internal; } duckdb_result; /* as duckdb.h has it */

int duckdb_open(const char *path, duckdb_database *database);
int duckdb_connect(duckdb_database database, duckdb_connection *connection);
int duckdb_query(duckdb_connection connection, const char *query, duckdb_result *result);
const char *duckdb_result_error(duckdb_result *result);

int main(int argc, char **argv) {
	static const char copy[] = "COPY (%s) TO '/dev/stdout' (FORMAT csv, DELIMITER '|', HEADER)";
	duckdb_database database;
	duckdb_connection connection;
	duckdb_result result;
	if (argc != 2) {
		fprintf(stderr, "usage: duckdb QUERY\n");
		return 129;
	}
	size_t size = sizeof copy + strlen(argv[1]);
	char *query = malloc(size);
	if (!query || duckdb_open(NULL, &database) || duckdb_connect(database, &connection)) {
		fprintf(stderr, "duckdb: error: cannot open a database in memory\n");
		return 128;
	}
	snprintf(query, size, copy, argv[1]);
	if (duckdb_query(connection, query, &result)) {
		fprintf(stderr, "duckdb: error: %s\n", duckdb_result_error(&result));
		return 1;
	}
	return 0;
}
