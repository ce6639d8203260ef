// SPDX-License-Identifier: MIT
#include "api/v2/graph_formats.hpp"

#include <string>
#include <utility>
#include <variant>

#include "api/graph/dot.hpp"
#include "api/graph/drawing.hpp"
#include "api/graph/prov.hpp"
#include "api/graph/svg.hpp"
#include "api/response_of.hpp"

namespace restapi::api::v2 {
namespace {

std::string url_of(http::PublicAddress const& address, std::string_view resource) {
  return address.root() + "api/v2/" + std::string(resource) + "/";
}

Drawing drawing_of(Answer const& answer, http::PublicAddress const& address) {
  return api::drawing_of(std::get<Graph>(answer.content), url_of(address, "nodes"));
}

}  // namespace

Result<http::Response> render_dot(Answer const& answer, http::Target const&, http::PublicAddress const& address,
                                  AnswerLimits& limits) {
  return response_of(answer, "text/vnd.graphviz; charset=utf-8", dot_of(drawing_of(answer, address), limits));
}

Result<http::Response> render_svg(Answer const& answer, http::Target const&, http::PublicAddress const& address,
                                  AnswerLimits& limits) {
  return response_of(answer, "image/svg+xml", svg_of(drawing_of(answer, address), limits));
}

Result<http::Response> render_prov(Answer const& answer, http::Target const&, http::PublicAddress const& address,
                                   AnswerLimits& limits) {
  return response_of(answer, "application/provenance+json",
                     prov_of(std::get<Graph>(answer.content), url_of(address, "users"), limits));
}

}  // namespace restapi::api::v2
