// SPDX-License-Identifier: MIT
#include "http/error_catalogue.hpp"

#include <algorithm>
#include <cassert>

namespace restapi::http {
namespace {

constexpr ErrorRow rows[] = {
    {Code::bad_encoding, "bad_encoding", 400, "the URL is not UTF-8"},
    {Code::control_character, "control_character", 400, "the URL has a control character, for example %00"},
    {Code::syntax, "syntax", 400, "the query string does not follow the grammar"},
    {Code::unknown_key, "unknown_key", 400, "a filter, or a key to sort by, that the resource does not have"},
    {Code::operator_not_accepted, "operator_not_accepted", 400, "an operator that the type of the key does not accept"},
    {Code::wrong_type, "wrong_type", 400, "a value that is not of the type of the key"},
    {Code::out_of_range, "out_of_range", 400, "a number, a date or a list outside its limits"},
    {Code::private_key, "private_key", 400, "a filter on a key that this server keeps private"},
    {Code::repeated_key, "repeated_key", 400, "a reserved key that appears more than once"},
    {Code::only_assignment, "only_assignment", 400, "a reserved key with another operator than ="},
    {Code::incompatible_keys, "incompatible_keys", 400,
     "keys that exclude each other, or are not allowed for this path"},
    {Code::limit_too_large, "limit_too_large", 400, "limit or perpage above 400"},
    {Code::no_such_page, "no_such_page", 400, "a page before the first or after the last"},
    {Code::no_such_object, "no_such_object", 400, "an id in the path that names no object of the resource"},
    {Code::ambiguous_id, "ambiguous_id", 400, "the start of a uuid that several objects share"},
    {Code::key_elsewhere, "key_elsewhere", 400, "a reserved key that belongs to another path"},
    {Code::pattern_too_complex, "pattern_too_complex", 400, "a pattern that is too long or has too many _"},
    {Code::no_such_route, "no_such_route", 404,
     "a path that is not an endpoint; the answer is one line of text, not JSON"},
    {Code::method_not_allowed, "method_not_allowed", 405, "a method other than GET, HEAD and OPTIONS"},
    {Code::not_acceptable, "not_acceptable", 406, "an Accept header that allows none of the formats"},
    {Code::no_such_profile, "no_such_profile", 404,
     "a path that begins with a name that no profile has; / lists the names"},
    {Code::no_such_server, "no_such_server", 421,
     "a Host header with a name that this server does not have (--server-name)"},
    {Code::store_unavailable, "store_unavailable", 503,
     "the database cannot be reached, and Retry-After says when to ask again; or it cannot be served until somebody "
     "mends it, and the message says why"},
    {Code::store_too_slow, "store_too_slow", 504,
     "the database did not answer within the statement timeout, or writing the answer took as long"},
    {Code::store_failed, "store_failed", 500, "the database could not execute the query"},
    {Code::source_refused, "source_refused", 500,
     "at start only: what was to be served cannot be opened; the program ends with exit code 2"},
    {Code::cancelled, "cancelled", 503, "the client left before the database had answered; nobody receives this"},
    {Code::answer_too_large, "answer_too_large", 422,
     "an answer of more than 128 MiB, or one that would take more than 512 MiB of memory to make"},
    {Code::standby_behind, "standby_behind", 503,
     "a cursor of the live feed is ahead of the standby that is asked, and stayed so for ten seconds; ask again later"},
    {Code::store_damaged, "store_damaged", 503, "a part of the database that is needed for this answer is damaged"},
    {Code::unreadable_document, "unreadable_document", 422,
     "attributes or extras that are stored as something else than a JSON object, or a list of files that is none"},
    {Code::malformed_request, "malformed_request", 400, "bytes that are not an HTTP/1.1 request"},
    {Code::target_too_long, "target_too_long", 414, "a request target of more than 16 KiB"},
    {Code::headers_too_large, "headers_too_large", 431, "header fields of more than 32 KiB"},
    {Code::body_too_large, "body_too_large", 413, "a request body of more than 64 KiB, or than its path takes"},
    {Code::request_too_slow, "request_too_slow", 408, "a request that was not complete in time"},
    {Code::token_missing, "token_missing", 401, "a request without a token, where one is needed (--token-keys)"},
    {Code::token_refused, "token_refused", 401,
     "a token that is not signed by a known key, has expired, or is meant for another service"},
    {Code::export_not_possible, "export_not_possible", 501, "a format that cannot be made of this node"},
    {Code::file_damaged, "file_damaged", 500, "a file of a node that is damaged, or missing in its repository"},
    {Code::internal, "internal", 500, "a fault of the server; the log has it under the X-Request-Id of the answer"},
    {Code::overloaded, "overloaded", 503,
     "more requests that need the database than --max-requests, or no memory left for a large answer; Retry-After says "
     "when to ask again"},
};

}  // namespace

std::span<ErrorRow const> error_catalogue() { return rows; }

ErrorRow const& error_row(Code code) {
  auto const found = std::ranges::find(rows, code, &ErrorRow::code);
  assert(found != std::end(rows));  // a test walks all codes
  return *found;
}

}  // namespace restapi::http
