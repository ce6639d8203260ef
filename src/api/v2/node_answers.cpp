// SPDX-License-Identifier: MIT
#include "api/v2/node_answers.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/nodes/derived_properties.hpp"
#include "api/nodes/download.hpp"
#include "api/nodes/files.hpp"
#include "api/nodes/tree.hpp"
#include "query/convert.hpp"

namespace restapi::api::v2 {
namespace {

constexpr std::string_view ask_for_formats = "The formats of each class are listed by /api/v4/nodes/download_formats.";

/// The one value of a key; nothing: the key is not there.
Result<std::optional<ast::Literal>> value_of(query::Clauses const& clauses, std::string_view key) {
  auto const* const reserved = clauses.find(key);
  if (reserved == nullptr) return std::optional<ast::Literal>();
  auto const& literals = reserved->clause->literals;
  if (literals.size() != 1)
    return Error{Code::wrong_type, std::string(key) + " takes one value", "", reserved->clause->offset};
  return std::optional(literals.front());
}

Result<std::optional<std::string>> text_of(query::Clauses const& clauses, std::string_view key) {
  auto const value = value_of(clauses, key);
  if (!value) return value.error();
  if (!*value) return std::optional<std::string>();
  auto text = query::to_text(**value, key);
  if (!text) return std::move(text).error();
  return std::optional(*std::move(text));
}

Result<std::int64_t> number_of(query::Clauses const& clauses, std::string_view key, std::int64_t otherwise) {
  auto const value = value_of(clauses, key);
  if (!value) return value.error();
  if (!*value) return otherwise;
  auto number = query::to_integer(**value, key);
  if (number && *number < 0)
    return Error{Code::out_of_range, std::string(key) + " must not be negative", "", (*value)->offset};
  return number;
}

Result<std::unique_ptr<PendingRead>> tree(query::Clauses const& clauses, ObjectRequest const& asked) {
  TreeLimits limits;
  auto const incoming = number_of(clauses, "in_limit", limits.incoming);
  if (!incoming) return incoming.error();
  auto const outgoing = number_of(clauses, "out_limit", limits.outgoing);
  if (!outgoing) return outgoing.error();
  return plan_tree(asked, {*incoming, *outgoing});
}

Result<std::unique_ptr<PendingRead>> retrieved(JobFiles which, query::Clauses const& clauses,
                                               ObjectRequest const& asked) {
  constexpr std::string_view only = "download";
  auto const way = text_of(clauses, "rtype");
  if (!way) return way.error();
  if (way->value_or(std::string(only)) != only)
    return Error{Code::wrong_type, "rtype is not supported", "rtype=download is the only one",
                 clauses.find("rtype")->clause->offset};
  auto path = text_of(clauses, "filename");
  if (!path) return std::move(path).error();
  return *path ? plan_job_file(asked, which, **std::move(path)) : plan_job_files(asked, which, "");
}

Result<std::unique_ptr<PendingRead>> visualization(query::Clauses const& clauses, ObjectRequest const& asked) {
  auto format = text_of(clauses, "visformat");
  if (!format) return std::move(format).error();
  if (!*format) return plan_derived_properties(asked);
  return plan_download(asked, {**std::move(format), true, ask_for_formats});
}

Result<std::unique_ptr<PendingRead>> download(query::Clauses const& clauses, ObjectRequest const& asked) {
  auto format = text_of(clauses, "format");
  if (!format) return std::move(format).error();
  return plan_download(asked, {(*std::move(format)).value_or(""), false, ask_for_formats});
}

}  // namespace

Result<std::unique_ptr<PendingRead>> plan_of_node(RouteKind kind, query::Clauses const& clauses,
                                                  ObjectRequest const& asked) {
  switch (kind) {
    case RouteKind::retrieved_inputs:
      return retrieved(JobFiles::input, clauses, asked);
    case RouteKind::retrieved_outputs:
      return retrieved(JobFiles::output, clauses, asked);
    case RouteKind::visualization:
      return visualization(clauses, asked);
    case RouteKind::download:
      return download(clauses, asked);
    default:
      return tree(clauses, asked);
  }
}

}  // namespace restapi::api::v2
