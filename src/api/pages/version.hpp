// SPDX-License-Identifier: MIT
/// A version of the API with pages for browsers: the same endpoints and answers, and one format more. A page is made of
/// the answer that a program would get, and of those of its neighbours.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/version.hpp"

namespace restapi::api::pages {

/// Without state but the table of formats: any thread may call.
class PagedVersion final : public ApiVersion {
 public:
  /// `render_page`: writes a page. `is_live`: changes are told by /api/v2/events. The version outlives this.
  PagedVersion(ApiVersion const& version, Render render_page, bool is_live);

  std::string_view prefix() const override { return version_.prefix(); }
  std::vector<std::string_view> route_names() const override { return version_.route_names(); }
  Accepted accepts(std::string_view path) const override { return version_.accepts(path); }
  Prepared prepare(Question const& question, model::Catalog const& catalog, query::Policy const& policy,
                   sql::Dialect const& dialect) const override;
  std::string object(Objects const& objects, std::size_t row) const override { return version_.object(objects, row); }
  std::span<Format const> formats() const override { return formats_; }
  http::Response render(Error const& error, std::string_view query) const override {
    return version_.render(error, query);
  }
  http::Response no_such_route(std::string const& url_root, std::span<std::string const> segments) const override {
    return version_.no_such_route(url_root, segments);
  }

 private:
  ApiVersion const& version_;
  std::vector<Format> formats_;
  bool const is_live_;
};

/// A page, or whatever else the version answers, which is JSON.
Result<http::Response> write(ApiVersion const& version, Answer const& answer, http::Target const& target,
                             http::PublicAddress const& address, AnswerLimits& limits);

/// The version that `base` gives, with pages; `is_live` as above.
template <ApiVersion const& (*base)(), bool is_live>
ApiVersion const& version() {
  static PagedVersion const paged(
      base(),
      [](Answer const& answer, http::Target const& target, http::PublicAddress const& address, AnswerLimits& limits) {
        return write(base(), answer, target, address, limits);
      },
      is_live);
  return paged;
}

}  // namespace restapi::api::pages
