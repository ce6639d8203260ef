// SPDX-License-Identifier: MIT
#include "query/filters.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "query/planner.hpp"
#include "support/requests.hpp"

using namespace restapi;
using query::Condition;
using query::InIntervals;
using query::Interval;
using query::Match;
using query::Membership;

namespace {

constexpr query::Policy open{true};

Result<Condition> filter(std::string_view resource, std::string_view text, query::Policy policy = {}) {
  auto planned = query::plan_filter(test::parsed(text).clauses.at(0), test::source(resource), test::planner(policy));
  if (!planned) return std::move(planned).error();
  return std::move(planned->condition);
}

std::string text_of(model::Value const& value) {
  if (auto const* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (auto const* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (auto const* text = std::get_if<std::string>(&value)) return "\"" + *text + "\"";
  return "@" + std::to_string(std::get<model::DateTime>(value).time_since_epoch().count() / 1'000'000);
}

/// A condition in the words of mathematics: "id in {45,56}", "ctime in [@1,@2)", "not …".
std::string said(std::string_view resource, std::string_view text, query::Policy policy = {}) {
  auto const condition = filter(resource, text, policy);
  if (!condition) return "error: " + condition.error().message;
  std::string result = condition->negated ? "not " : "";
  result += condition->bound->resource->columns[condition->column].name;
  if (auto const* in = std::get_if<Membership>(&condition->test)) {
    result += " in {";
    for (auto const& value : in->values) result += text_of(value) + ",";
    result.back() = '}';
    return result;
  }
  if (auto const* presence = std::get_if<query::Presence>(&condition->test))
    return result + (presence->is_there ? " is there" : " is missing");
  if (auto const* match = std::get_if<Match>(&condition->test))
    return result + (match->pattern.fold ? " ilike " : " like ") + query::write_pattern(match->pattern);
  for (auto const& interval : std::get<InIntervals>(condition->test).intervals)
    result +=
        " [" + (interval.from ? text_of(*interval.from) : "") + "," + (interval.to ? text_of(*interval.to) : "") + ")";
  return result;
}

void check_error(std::string_view resource, std::string_view text, Code code, std::string_view message,
                 std::string_view hint, std::size_t offset) {
  CAPTURE(resource, text);
  auto const condition = filter(resource, text);
  REQUIRE_FALSE(condition);
  CHECK(condition.error().code == code);
  CHECK(condition.error().message == message);
  CHECK(condition.error().hint == hint);
  CHECK(condition.error().offset == offset);
}

}  // namespace

TEST_CASE("equality and membership become sets of values", "[query][filters]") {
  CHECK(said("nodes", "id=45") == "id in {45}");
  CHECK(said("nodes", "pk=45") == "id in {45}");
  CHECK(said("nodes", "id!=45") == "not id in {45}");
  CHECK(said("nodes", "id=in=45,56,78") == "id in {45,56,78}");
  CHECK(said("nodes", "id=notin=45,56") == "not id in {45,56}");
  CHECK(said("computers", "scheduler_type=in=\"slurm\",\"pbs\"") == "scheduler_type in {\"pbs\",\"slurm\"}");
  CHECK(said("computers", "scheduler_type=slurm") == "scheduler_type in {\"slurm\"}");
  CHECK(said("computers", "name=\"Alpha\"") == "label in {\"Alpha\"}");  // identity respects case
  CHECK(said("computers", "enabled=true") == "enabled in {true}");
  CHECK(said("computers", "enabled!=false") == "not enabled in {false}");
}

TEST_CASE("uuids are taken in capitals and without dashes", "[query][filters]") {
  std::string const whole = "\"ed122747-d10a-4f0f-9267-6c3ac0ede538\"";
  for (std::string const written : {"ED122747-D10A-4F0F-9267-6C3AC0EDE538", "ed122747d10a4f0f92676c3ac0ede538",
                                    "ED122747D10A4F0F92676C3AC0EDE538", "ed122747-d10a-4f0f-9267-6c3ac0ede538"}) {
    CAPTURE(written);
    CHECK(said("nodes", "uuid=\"" + written + "\"") == "uuid in {" + whole + "}");
    CHECK(said("nodes", "uuid!=\"" + written + "\"") == "not uuid in {" + whole + "}");
    CHECK(said("computers", "uuid=in=" + whole + ",\"" + written + "\"") == "uuid in {" + whole + "}");
    CHECK(said("groups", "uuid=notin=\"" + written + "\"") == "not uuid in {" + whole + "}");
    CHECK(said("nodes", "uuid>=\"" + written + "\"") == "uuid [" + whole + ",)");
    CHECK(said("nodes", "uuid=like=\"" + written + "\"") == "uuid like ed122747-d10a-4f0f-9267-6c3ac0ede538");
  }
  CHECK(said("nodes", "uuid<\"ED122747D1\"") == "uuid [,\"ed122747-d1\")");
  CHECK(said("nodes", "uuid=like=\"ED122747D1%5_C%\"") == "uuid like ed122747-d1%5_c%");
  CHECK(said("nodes", "uuid=like=\"%0EDE538\"") == "uuid like %0ede538");
  CHECK(said("nodes", "uuid=ilike=\"ED122747D1%\"") == "uuid ilike ed122747-d1%");
  CHECK(said("nodes", "uuid=\"aiida\"") == "uuid in {\"aiida\"}");
  CHECK(said("nodes", "label=\"ED122747D1\"") == "label in {\"ED122747D1\"}");
}

TEST_CASE("what is said twice is planned once, in order", "[query][filters]") {
  CHECK(said("nodes", "id=in=5,5") == "id in {5}");
  CHECK(said("nodes", "id=notin=3,-1,3,2,-1") == "not id in {-1,2,3}");
  CHECK(said("nodes", "label=in=b,a,\"b\",B") == "label in {\"B\",\"a\",\"b\"}");
  CHECK(said("nodes", "ctime=in=2014-04-09,2014-04-07,2014-04-09") ==
        "ctime [@1396828800,@1396915200) [@1397001600,@1397088000)");
  CHECK(said("nodes", "ctime=in=2014-04-07T05,2014-04-07,2014-04-07T23:59") == "ctime [@1396828800,@1396915200)");
  CHECK(said("nodes", "ctime=in=9999-12-31T05,9999-12-31,2014-04-07") ==
        "ctime [@1396828800,@1396915200) [@253402214400,)");
}

TEST_CASE("comparisons become half-open intervals", "[query][filters]") {
  CHECK(said("nodes", "id>578") == "id [579,)");
  CHECK(said("nodes", "id>=578") == "id [578,)");
  CHECK(said("nodes", "id<578") == "id [,578)");
  CHECK(said("nodes", "id<=578") == "id [,579)");
  CHECK(said("nodes", "id>9223372036854775807") == "id");  // nothing lies behind: no interval
  CHECK(said("nodes", "id<=9223372036854775807") == "id [,)");
}

TEST_CASE("comparisons of strings ignore case and take what begins with the value", "[query][filters][document]") {
  CHECK(said("users", "last_name<=\"m\"") == "last_name [,\"n\")");
  CHECK(said("users", "last_name<=\"M\"") == "last_name [,\"n\")");
  CHECK(said("users", "last_name>\"Khan\"") == "last_name [\"khao\",)");
  CHECK(said("users", "last_name<\"Khan\"") == "last_name [,\"khan\")");
  CHECK(said("users", "last_name>=\"Khan\"") == "last_name [\"khan\",)");
  CHECK(said("users", "last_name<=\"\"") == "last_name [,)");
  CHECK(said("users", "last_name>\"\"") == "last_name");
}

TEST_CASE("date-times compare with the ends of their interval", "[query][filters][document]") {
  // 2014-04-07 is the day from 1396828800 to 1396915200.
  CHECK(said("users", "last_login>2014-04-07") == "last_login [@1396915200,)");
  CHECK(said("users", "last_login>=2014-04-07") == "last_login [@1396828800,)");
  CHECK(said("users", "last_login<2014-04-07") == "last_login [,@1396828800)");
  CHECK(said("users", "last_login<=2014-04-07") == "last_login [,@1396915200)");
  CHECK(said("users", "last_login=2014-04-07") == "last_login [@1396828800,@1396915200)");
  CHECK(said("users", "last_login!=2014-04-07") == "not last_login [@1396828800,@1396915200)");
  CHECK(said("nodes", "ctime=in=2014-04-07,2014-04-08T00:00") == "ctime [@1396828800,@1396915260)");
  CHECK(said("nodes", "ctime=notin=2014-04-07") == "not ctime [@1396828800,@1396915200)");
  CHECK(said("nodes", "ctime>2016-04-23T05:45+03:45") == "ctime [@1461376860,)");
  CHECK(said("nodes", "ctime>9999-12-31") == "ctime");
  CHECK(said("nodes", "ctime<=9999-12-31") == "ctime [,)");
}

TEST_CASE("patterns", "[query][filters]") {
  CHECK(said("nodes", "type=like=\"%data%\"") == "node_type like %data%");
  CHECK(said("users", "first_name=ilike=\"AII%\"") == "first_name ilike aii%");
  CHECK(said("nodes", "uuid=like=\"cdfd48%\"") == "uuid like cdfd48%");
  CHECK(said("nodes", "label=like=water") == "label like water");
}

TEST_CASE("keys of other APIs are answered with ours", "[query][filters][error]") {
  auto const hint = [](std::string_view resource, std::string_view text) {
    return filter(resource, text).error().hint;
  };
  CHECK(hint("nodes", "node_type=\"x\"") == "did you mean \"type\"?");
  CHECK(hint("nodes", "process_state=\"x\"") == "did you mean \"state\"?");
  CHECK(hint("nodes", "name=\"x\"") == "did you mean \"label\"?");
  CHECK(hint("computers", "label=\"x\"") == "did you mean \"name\"?");
  CHECK(hint("nodes", "order_by=id") == "did you mean \"orderby\"?");
  CHECK(hint("nodes", "page=2") == "a page stands in the path: /nodes/page/2");
  CHECK(hint("users", "node_type=\"x\"").starts_with("known: "));  // users have no type
}

TEST_CASE("unknown keys are answered with what is known", "[query][filters][error]") {
  check_error("nodes", "labl=\"x\"", Code::unknown_key, "nodes has no key \"labl\"", "did you mean \"label\"?", 0);
  check_error("nodes", "limt=3", Code::unknown_key, "nodes has no key \"limt\"", "did you mean \"limit\"?", 0);
  for (auto const& [resource, key] :
       {std::pair<std::string, std::string>{"groups", "colour"}, {"users", "password"}, {"users", "uuid"}}) {
    std::string known = "known: ";
    for (auto const field : query::filter_keys(test::view(resource), {})) known += std::string(field) + ", ";
    known += "limit, offset, perpage, orderby, fields, count, after";
    CHECK(known.find("email") == known.npos);
    check_error(resource, key + "=\"x\"", Code::unknown_key, resource + " has no key \"" + key + "\"", known, 0);
  }
  check_error("nodes", "Label=\"x\"", Code::unknown_key, "nodes has no key \"Label\"", "did you mean \"label\"?", 0);
}

TEST_CASE("private keys are filters only where the operator of the server allows it", "[query][filters][error]") {
  check_error("users", "email=like=\"a%\"", Code::private_key, "email is private and cannot be filtered on this server",
              "its operator may allow it with --private-filters", 0);
  check_error("users", "is_active=true", Code::private_key,
              "is_active is private and cannot be filtered on this server",
              "its operator may allow it with --private-filters", 0);
  CHECK(said("users", "email=like=\"a%\"", open) == "email like a%");
  CHECK(said("users", "is_active=true", open) == "is_active in {true}");
  // The hint does not name them either.
  CHECK(filter("users", "emai=\"x\"").error().hint.find("email") == std::string::npos);
  CHECK(filter("users", "emai=\"x\"", open).error().hint == "did you mean \"email\"?");
}

TEST_CASE("operators that a type does not take", "[query][filters][error]") {
  check_error("computers", "enabled>true", Code::operator_not_accepted, "enabled does not take the operator >",
              "enabled takes = != =is=", 7);
  check_error("computers", "enabled=in=true", Code::operator_not_accepted,
              "enabled does not take the operator =in=", "enabled takes = != =is=", 7);
  check_error("nodes", "id=like=\"4%\"", Code::operator_not_accepted,
              "id does not take the operator =like=", "id takes = != < > <= >= =in= =notin= =is=", 2);
  check_error("nodes", "ctime=ilike=\"2016%\"", Code::operator_not_accepted,
              "ctime does not take the operator =ilike=", "ctime takes = != < > <= >= =in= =notin= =is=", 5);
}

TEST_CASE("values that a key does not take", "[query][filters][error]") {
  check_error("nodes", "id=\"45\"", Code::wrong_type, "id takes an integer", "without quotes: 45", 3);
  check_error("nodes", "id>=2.5", Code::wrong_type, "id takes an integer", "for example id=45", 4);
  check_error("nodes", "id=in=1,x", Code::wrong_type, "id takes an integer", "for example id=45", 8);
  check_error("nodes", "label=45", Code::wrong_type, "label takes a string",
              "text stands in double quotes: label=\"…\"", 6);
  check_error("nodes", "ctime>\"yesterday\"", Code::wrong_type, "ctime takes a date-time",
              "for example ctime=2016-04-23T05:45", 6);
  check_error("computers", "enabled=yes", Code::wrong_type, "enabled takes true or false", "for example enabled=true",
              8);
  check_error("nodes", "id=1,2", Code::wrong_type,
              "id takes one value after =", "a list goes after =in= or =notin=", 5);
  check_error("nodes", "label=like=\"a\",\"b\"", Code::wrong_type,
              "label takes one value after =like=", "a list goes after =in= or =notin=", 15);
  check_error("nodes", "ctime=2016-02-30", Code::out_of_range, "there is no such day",
              "dates are written YYYY-MM-DD, for example 2016-04-23", 6);
  check_error("nodes", "label=like=\"" + std::string(1001, 'a') + "\"", Code::pattern_too_complex,
              "the pattern is too long", "a pattern has at most 1000 bytes", 11);
}

TEST_CASE("keys to filter and to sort by", "[query][filters]") {
  auto const& users = test::view("users");
  using Names = std::vector<std::string_view>;
  CHECK(query::filter_keys(users, {}) ==
        Names{"date_joined", "first_name", "id", "institution", "last_login", "last_name"});
  CHECK(query::filter_keys(users, open) ==
        Names{"date_joined", "email", "first_name", "id", "institution", "is_active", "last_login", "last_name"});
  CHECK(query::sort_keys(users) == Names{"date_joined", "first_name", "id", "institution", "last_name"});
  CHECK(test::planner().vocabulary.canonical("pk") == "id");
  CHECK(test::planner().vocabulary.canonical("uuid") == "uuid");
}

TEST_CASE("whether there is a value, and how it begins", "[filters]") {
  CHECK(said("nodes", "state=is=null") == "process_state is missing");
  CHECK(said("nodes", "ctime=is=notnull") == "ctime is there");
  CHECK(said("computers", "enabled=is=null") == "enabled is missing");
  CHECK(said("nodes", "label=startswith=\"50% of_\"") == "label like 50\\% of\\_%");
  CHECK(said("nodes", "label=startswith=\"\"") == "label like %");
  CHECK(said("nodes", "uuid=startswith=338357F4F2") == "uuid like 338357f4-f2%");
  check_error("nodes", "label=is=\"null\"", Code::wrong_type,
              "label takes null or notnull after =is=", "for example label=is=null", 9);
  check_error("nodes", "label=is=null,null", Code::wrong_type,
              "label takes one value after =is=", "a list goes after =in= or =notin=", 14);
  check_error("nodes", "id=startswith=4", Code::operator_not_accepted,
              "id does not take the operator =startswith=", "id takes = != < > <= >= =in= =notin= =is=", 2);
}
