// SPDX-License-Identifier: MIT
#include "api/v4/version.hpp"

#include <utility>

#include "api/data.hpp"
#include "api/querybuilder/query.hpp"
#include "api/v4/answers.hpp"
#include "api/v4/errors.hpp"
#include "api/v4/formats.hpp"
#include "api/v4/routes.hpp"

namespace restapi::api::v4 {
namespace {

class Version final : public ApiVersion {
 public:
  explicit Version(bool has_posting) : has_posting_(has_posting) {}

  std::string_view prefix() const override { return v4::prefix; }

  std::vector<std::string_view> route_names() const override {
    std::vector<std::string_view> names;
    for (auto const& route : routes()) names.push_back(route.pattern);
    return names;
  }

  Accepted accepts(std::string_view path) const override {
    auto const decoded = http::percent_decode(path);
    auto const found = decoded ? find_route(*decoded) : std::nullopt;
    if (!found || !found->is_id || (found->route->is_posted() && !has_posting_)) return {.methods = {}};
    if (!found->route->is_posted()) return {};
    return {"GET, HEAD, POST, OPTIONS", querybuilder::largest_body};
  }

  Prepared prepare(Question const& question, model::Catalog const& catalog, query::Policy const& policy,
                   sql::Dialect const& dialect) const override {
    auto const found = find_route(question.target.decoded_path);
    if (!found || (found->route->is_posted() && !has_posting_)) return {};
    auto const name = found->route->pattern;
    if (!found->is_id) return {name, Error{Code::no_such_route, std::string(unknown_url)}};
    using Outcome = decltype(Prepared::outcome);
    if (found->route->is_of_server())
      return {name, Outcome(std::in_place_type<Answer>, about_server(found->route->kind, has_posting_))};
    auto planned = found->route->is_posted()
                       ? prepare_posted(question.method, question.body, question.target, catalog, policy, dialect)
                       : v4::prepare(*found, question.target, catalog, policy, dialect);
    if (!planned) return {name, std::move(planned).error()};
    if (auto* answer = std::get_if<Answer>(&*planned))
      return {name, Outcome(std::in_place_type<Answer>, std::move(*answer))};
    if (auto* pending = std::get_if<std::unique_ptr<PendingRead>>(&*planned)) return {name, std::move(*pending)};
    auto& plan = std::get<query::ReadPlan>(*planned);
    return {name, pending_read(std::move(plan), PageInPath{found->before_page}, question.format, words(), dialect)};
  }

  std::string object(Objects const& objects, std::size_t row) const override { return object_of(objects, row); }

  std::span<Format const> formats() const override { return v4::formats(); }

  http::Response render(Error const& error, std::string_view query) const override { return v4::render(error, query); }

  http::Response no_such_route(std::string const&, std::span<std::string const>) const override {
    return v4::no_such_route(has_posting_);
  }

 private:
  bool const has_posting_;
};

}  // namespace

ApiVersion const& version() {
  static Version const version(true);
  return version;
}

ApiVersion const& version_without_posting() {
  static Version const version(false);
  return version;
}

}  // namespace restapi::api::v4
