// SPDX-License-Identifier: MIT
#include "api/v2/formats.hpp"

#include "api/v2/envelope.hpp"
#include "api/v2/graph_formats.hpp"
#include "api/v2/row_writers.hpp"

namespace restapi::api::v2 {
namespace {

/// What is a file is sent as it is. This is something else.
Result<http::Response> no_file(Answer const&, http::Target const&, http::PublicAddress const&, AnswerLimits&) {
  return Error{Code::not_acceptable, "the answer is no file", "ask for JSON: Accept: application/json"};
}

constexpr Format rows[] = {
    indented_json_format(render_json, "html"),
    json_format(render_json, "json"),
    {.name = "CSV",
     .media_type = "text/csv; charset=utf-8",
     .asked_as = "text/csv",
     .ending = "csv",
     .writer = csv_writer,
     .of = FormatOf::lists},
    {.name = "NDJSON",
     .media_type = "application/x-ndjson",
     .asked_as = "application/x-ndjson",
     .ending = "ndjson",
     .writer = ndjson_writer,
     .of = FormatOf::lists},
    {.name = "DOT",
     .media_type = "text/vnd.graphviz; charset=utf-8",
     .asked_as = "text/vnd.graphviz",
     .ending = "dot",
     .render = render_dot,
     .of = FormatOf::graphs,
     .fields = fields_of_drawing},
    {.name = "SVG",
     .media_type = "image/svg+xml",
     .asked_as = "image/svg+xml",
     .ending = "svg",
     .render = render_svg,
     .of = FormatOf::graphs,
     .fields = fields_of_drawing},
    {.name = "PROV-JSON",
     .media_type = "application/provenance+json",
     .asked_as = "application/provenance+json",
     .ending = "provjson",
     .render = render_prov,
     .of = FormatOf::graphs,
     .fields = fields_of_prov},
    {.name = "a file",
     .media_type = "application/octet-stream",
     .asked_as = "application/octet-stream",
     .render = no_file,
     .of = FormatOf::files},
};

}  // namespace

std::span<Format const> formats() { return rows; }

}  // namespace restapi::api::v2
