// SPDX-License-Identifier: MIT
// What filters and orders mean, on PostgreSQL and on SQLite: tables of queries and the ids they must find.
#include <catch2/catch.hpp>

#include "support/ask.hpp"

using namespace restapi;
using test::Fixture;

namespace {

using Ids = std::vector<std::int64_t>;

struct Row {
  std::string query;
  Ids ids;
};

void check(Fixture fixture, std::string const& resource, std::vector<Row> const& rows) {
  for (auto const engine : test::engines) {
    auto& opened = test::shared_store(fixture, engine);
    for (auto const& row : rows) {
      INFO(opened.name << ": " << row.query);
      CHECK(test::ids_of(*opened.store, "/api/v2/" + resource + "?" + row.query) == row.ids);
    }
  }
}

}  // namespace

TEST_CASE("the documented table of patterns", "[like]") {
  // Groups 5 "aiida" and 7 "aiida", 6 "AiiDA"; their descriptions have "100% useful" (5) and "100 times useful" (6).
  check(Fixture::document, "groups",
        {{"name=like=\"a%d_\"", {5, 7}},
         {"name=ilike=\"a%d_\"", {5, 6, 7}},
         {"name=like=\"a_d_\"", {}},
         {"name=like=\"aii%d_a\"", {5, 7}},
         {"description=like=\"This calculation is %\\% useful\"", {5}},
         {"name=like=\"aiida\"", {5, 7}},
         {"name=like=\"AIIDA\"", {}},
         {"name=ilike=\"AIIDA\"", {5, 6, 7}},
         {"name=like=\"aiida_\"", {5, 7}},
         {"name=like=\"_____\"", {5, 6, 7}},
         {"name=like=\"____\"", {}},
         {"name=like=\"______\"", {5, 6, 7, 8}},  // écoles: characters are counted, not bytes
         {"name=like=\"\"", {}},
         {"name=like=\"%\"", {5, 6, 7, 8, 9, 23, 102, 104}},
         {"description=like=\"%\"", {5, 6, 8, 9, 23, 102, 104}},  // a missing value matches nothing
         {"type=like=\"\"", {5, 6, 8, 9, 102, 104}},
         {"name=like=\"GBRV_1.2\"", {23}},
         {"name=like=\"GBRV\\_1.2\"", {23}},
         {"name=like=\"GBRV_1_2\"", {23}},
         {"name=like=\"gbrv%\"", {}},
         {"name=ilike=\"GBRV%\"", {23}},
         {"name=like=\"\xC3\xA9%\"", {8}},
         {"name=ilike=\"\xC3\x89%\"", {}}});  // beyond ASCII case is kept
  check(Fixture::document, "nodes",
        {{"uuid=like=\"cdfd48%\"", {90}},
         {"uuid=ilike=\"CDFD48%\"", {90}},
         {"uuid=like=\"CDFD48%\"", {90}},
         {"uuid=like=\"cdfd48f9-7ed2-4969-ba06-09c752b83d2a_\"", {90}},
         {"label=like=\"%\\%%\"", {87}},
         {"label=like=\"%a\\_b%\"", {87}},
         {"label=like=\"%a\\_b\\\\c\"", {87}},
         {"label=like=\"%\"\"50\\%\"\"%\"", {87}}});
}

TEST_CASE("patterns of wildcards, escapes and characters that are special elsewhere", "[like]") {
  check(Fixture::generation2, "nodes",
        {{"id>12&id<26&label=like=\"_\"", {13, 14, 17, 18, 19, 20, 21, 22, 23, 24}},
         {"id>12&id<26&label=like=\"\\_\"", {23}},
         {"id>12&id<26&label=like=\"\\%\"", {24}},
         {"id>12&id<26&label=like=\"a\\\\b\"", {25}},
         {"id>12&id<26&label=like=\"a_b\"", {25}},
         {"id>12&id<26&label=like=\"a\\b\"", {}},
         {"id>12&id<26&label=like=\"m_\"", {13, 16}},
         {"id>12&id<26&label=ilike=\"m_\"", {13, 14, 15, 16}},
         {"id>12&id<26&label=like=\"_z\"", {16, 20}},
         {"id>12&id<26&label=like=\"%_%\"", {13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25}},
         {"id>12&id<26&label=like=\"[mn]\"", {}},
         {"id>12&id<26&label=like=\".\"", {}},
         {"id>12&id<26&label=like=\".*_\"", {}},
         {"id>12&id<26&label=like=\"(m|n)_\"", {}},
         {"id>12&id<26&label=like=\"\xC3\xA9_\"", {18}},
         {"id>12&id<26&label=ilike=\"\xC3\xA9\"", {18}},
         {"label=like=\"%'%\"", {}}});
  check(Fixture::generation2, "groups",
        {{"name=like=\"100\\%\\_\\\\o/\"", {5}},
         {"name=like=\"1%/\"", {5}},
         {"name=like=\"%e_/_be\"", {}},
         {"name=like=\"pseudo__/pbe\"", {4}}});
}

TEST_CASE("a date-time is the interval of its precision", "[datetime]") {
  // 34: mtime 2024-03-01 00:00:00 (stored without a fraction); 35: ctime 00:00:00, mtime 00:00:00.000001;
  // 36: ctime 00:00:00 (without a fraction), mtime 00:00:00.5; 37: 05:45:59.999999, 05:59:59.999999;
  // 38: 05:46:00, 06:00:00; 34's ctime and 39's are the last microsecond of a February and of a year.
  check(Fixture::generation2, "nodes",
        {{"ctime=2024-02-29", {34}},
         {"ctime=2024-03-01", {35, 36, 37, 38}},
         {"ctime=2024-03-01T00", {35, 36}},
         {"ctime=2024-03-01T00:00", {35, 36}},
         {"ctime=2024-03-01T00:00:00", {35, 36}},
         {"ctime=2024-03-01T00:00:00.0", {35, 36}},
         {"ctime=2024-03-01T00:00:00.000000", {35, 36}},
         {"ctime=2024-02-29T23:59:59.999999", {34}},
         {"ctime=2024-02-29T23:59:59.99999", {34}},
         {"ctime=2024-02-29T23:59:59", {34}},
         {"ctime=2024-03-01T05:45", {37}},
         {"ctime=2024-03-01T05", {37, 38}},
         {"ctime>=2024-03-01&ctime<2024-03-02", {35, 36, 37, 38}},
         {"ctime>2024-03-01", {39}},
         {"ctime>2024-03-01T05:45", {38, 39}},
         {"ctime>=2024-03-01T05:46", {38, 39}},
         {"ctime>2024-02-29&ctime<=2024-03-01", {35, 36, 37, 38}},
         {"ctime>2024-02-29T23:59:59.999998", {34, 35, 36, 37, 38, 39}},
         {"ctime>2024-02-29T23:59:59.999999", {35, 36, 37, 38, 39}},
         {"ctime>=2024-02-29T23:59:59.999999", {34, 35, 36, 37, 38, 39}},
         {"ctime<2024-03-01&ctime>=2024-02-29", {34}},
         {"ctime<=2024-02-29T23:59:59&ctime>2024-02-28", {34}},
         {"ctime<2024-02-29T23:59:59.999999&ctime>2024-02-28", {}},
         {"ctime<=2024-02-29T23:59:59.999999&ctime>2024-02-28", {34}},
         {"mtime=2024-03-01T00:00:00", {34, 35, 36}},
         {"mtime=2024-03-01T00:00:00.0", {34, 35}},
         {"mtime=2024-03-01T00:00:00.000000", {34}},
         {"mtime=2024-03-01T00:00:00.000001", {35}},
         {"mtime=2024-03-01T00:00:00.5", {36}},
         {"mtime=2024-03-01T00:00:00.50", {36}},
         {"mtime=2024-03-01T00:00:00.500000", {36}},
         {"mtime=2024-03-01T00:00:00.500001", {}},
         {"mtime>=2024-03-01T00:00:00.5&mtime<2024-03-01T00:00:01", {36}},
         {"mtime>2024-03-01T00:00:00.499999&mtime<2024-03-01T00:00:01", {36}},
         {"mtime>2024-03-01T00:00:00.500000&mtime<2024-03-01T00:00:01", {}},
         {"mtime<2024-03-01T00:00:00.5&mtime>=2024-03-01", {34, 35}},
         {"mtime<=2024-03-01T00:00:00.5&mtime>=2024-03-01", {34, 35, 36}},
         {"mtime<=2024-03-01T00:00:00.4&mtime>=2024-03-01", {34, 35}},
         {"mtime!=2024-03-01&id>33", {39}},
         // Shifts: the same instants, written elsewhere.
         {"ctime=2024-03-01T07:45+02:00", {37}},
         {"ctime=2024-03-01T00:15-05:30", {37}},
         {"ctime=2024-03-01T05:45+00:00", {37}},
         {"ctime=2024-03-01T05:45-00", {37}},
         {"ctime=2024-03-01T01+01", {35, 36}},
         {"ctime>=2024-03-01T01:00:00+01:00&ctime<2024-03-01T01:00:01+01:00", {35, 36}},
         {"ctime=2025-01-01T00:59:59.999999+01:00", {39}},
         // Lists of intervals.
         {"ctime=in=2024-02-29,2024-03-01T05:46", {34, 38}},
         {"ctime=in=2024-03-01T05:45,2024-03-01T05:46:00", {37, 38}},
         {"ctime=notin=2024-02-29,2024-03-01T05&id>33", {35, 36, 39}},
         {"ctime!=2024-03-01&id>33", {34, 39}}});
}

TEST_CASE("strings compare without case, and <= takes what begins with the value", "[strings]") {
  // 13 m, 14 M, 15 Ma, 16 mz, 17 n, 18 é, 19 É, 20 z, 21 empty, 22 ~, 23 _, 24 %, 25 a\b
  check(Fixture::generation2, "nodes",
        {{"id>12&id<26&label<\"m\"", {21, 23, 24, 25}},
         {"id>12&id<26&label<=\"m\"", {13, 14, 15, 16, 21, 23, 24, 25}},
         {"id>12&id<26&label<=\"M\"", {13, 14, 15, 16, 21, 23, 24, 25}},
         {"id>12&id<26&label>=\"m\"", {13, 14, 15, 16, 17, 18, 19, 20, 22}},
         {"id>12&id<26&label>\"m\"", {17, 18, 19, 20, 22}},
         {"id>12&id<26&label>=\"MA\"", {15, 16, 17, 18, 19, 20, 22}},
         {"id>12&id<26&label>=\"m\"&label<=\"m\"", {13, 14, 15, 16}},
         {"id>12&id<26&label=\"m\"", {13}},  // equality is exact
         {"id>12&id<26&label=in=\"m\",\"M\"", {13, 14}},
         {"id>12&id<26&label!=\"m\"&label<=\"m\"", {14, 15, 16, 21, 23, 24, 25}},
         {"id>12&id<26&label>=\"\"", {13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25}},
         {"id>12&id<26&label<\"\"", {}},
         {"id>12&id<26&label<=\"\"", {13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25}},
         {"id>12&id<26&label>\"\"", {}},
         {"id>12&id<26&label>\"z\"", {18, 19, 22}},
         {"id>12&id<26&orderby=label", {21, 24, 23, 25, 13, 14, 15, 16, 17, 20, 22, 19, 18}},
         {"id>12&id<26&orderby=-label", {18, 19, 22, 20, 17, 16, 15, 13, 14, 25, 23, 24, 21}}});
  check(Fixture::generation2, "users",
        {{"last_name<=\"o\"", {1, 3}}, {"last_name<=\"V\"", {1, 2, 3}}, {"last_name>\"O\"", {2}}});
  check(Fixture::document, "users", {{"last_name<=\"m\"", {1, 2}}, {"last_name<=\"D\"", {1}}, {"last_name<\"d\"", {}}});
}

TEST_CASE("a missing value fulfils nothing but != and =notin=, and ends an ascending order", "[null]") {
  // Node 86 lacks label and state; group 7 lacks a description; user 1 never logged in.
  check(Fixture::document, "nodes",
        {{"id=86&label=\"x\"", {}},
         {"id=86&label!=\"x\"", {86}},
         {"id=86&label=notin=\"x\",\"y\"", {86}},
         {"id=86&label=in=\"x\",\"y\"", {}},
         {"id=86&label=like=\"%\"", {}},
         {"id=86&label<=\"\"", {}},
         {"id=86&label>=\"\"", {}},
         {"id>80&id<88&state!=\"FAILED\"", {81, 83, 84, 85, 86, 87}},
         {"id>80&id<88&state=\"FAILED\"", {82}},
         {"id>80&id<88&state=notin=\"FAILED\",\"WITHSCHEDULER\"", {81, 84, 85, 86, 87}},
         {"id>80&id<88&orderby=state", {82, 84, 83, 81, 85, 86, 87}},
         {"id>80&id<88&orderby=-state", {81, 85, 86, 87, 83, 84, 82}},
         {"id>80&id<88&orderby=-state,-id", {87, 86, 85, 81, 83, 84, 82}},
         {"state=\"WITHSCHEDULER\"", {83}}});
  check(Fixture::document, "groups",
        {{"orderby=description&id<9", {8, 6, 5, 7}},
         {"orderby=-description&id<9", {7, 5, 6, 8}},
         {"description!=\"\"", {5, 6, 7, 8, 23}}});
  check(Fixture::document, "users",
        {{"last_login>2014-04-07", {2}},
         {"last_login<=2030-01-01", {2}},
         {"last_login!=2016-08-12", {1}},
         {"last_login=2016-08-12T07:02:41.000001", {2}},
         {"last_login=notin=2001-01-01", {1, 2}}});
  check(Fixture::generation2, "users",
        {{"date_joined>2000-01-01", {}},
         {"date_joined!=2000-01-01", {1, 2, 3}},
         {"orderby=-date_joined,-id", {3, 2, 1}},
         {"last_login=in=2000-01-01,2001-01-01", {}}});
}

TEST_CASE("integers, booleans, uuids and constants", "[types]") {
  check(Fixture::document, "nodes",
        {{"id=in=45,56,78", {45, 56, 78}},
         {"id=in=78,45,45,-1,99999999999", {45, 78}},
         {"id=in=-9223372036854775808,9223372036854775807,45,45", {45}},
         {"id=notin=89,91,99999999999&id>88&id<92", {90}},
         {"id=in=45,45", {45}},
         {"id>386920", {386921}},
         {"id>=386921", {386921}},
         {"id<2", {1}},
         {"id<=2", {1, 2}},
         {"id>9223372036854775807", {}},
         {"id>=9223372036854775807", {}},
         {"id<-9223372036854775808", {}},
         {"id<=9223372036854775807&id>386920", {386921}},
         {"uuid=\"cdfd48f9-7ed2-4969-ba06-09c752b83d2a\"", {90}},
         {"uuid=\"CDFD48F9-7ED2-4969-BA06-09C752B83D2A\"", {90}},
         {"uuid=\"no uuid\"", {}},
         {"uuid!=\"no uuid\"&id<3", {1, 2}},
         {"uuid=in=\"cdfd48f9-7ed2-4969-ba06-09c752b83d2a\",\"x\"", {90}},
         {"uuid=notin=\"cdfd48f9-7ed2-4969-ba06-09c752b83d2a\",\"x\"&id>88&id<92", {89, 91}},
         {"uuid<=\"03\"", {386921}},
         {"uuid>\"FE\"", {1822}}});
  check(Fixture::document, "computers",
        {{"enabled=true", {1, 3, 4, 5}},
         {"enabled!=true", {2}},
         {"enabled=false", {2}},
         {"orderby=enabled", {2, 1, 3, 4, 5}},
         {"orderby=-enabled", {1, 3, 4, 5, 2}},
         {"transport_params=\"{}\"", {1, 3, 4, 5}},
         {"transport_params=like=\"%port%\"", {2}},
         {"state=\"FAILED\"", {3}},
         {"state!=\"FINISHED\"&enabled=false", {2}}});
  check(Fixture::generation2, "computers",
        {{"enabled=true", {1, 2}},
         {"enabled=false", {}},
         {"enabled!=false", {1, 2}},
         {"orderby=enabled", {1, 2}},
         {"orderby=-enabled,-id", {2, 1}},
         {"transport_params=\"{}\"", {1, 2}},
         {"transport_params=ilike=\"{_}\"", {1, 2}},
         {"orderby=transport_params,-id", {2, 1}},
         {"name=\"omega\"", {2}},
         {"name=ilike=\"omega\"", {1, 2}},
         {"orderby=name", {1, 2}},
         {"state=\"finished\"", {1}}});
}
