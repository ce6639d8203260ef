// SPDX-License-Identifier: MIT
#include "api/v2/version.hpp"

#include <span>
#include <utility>

#include "api/data.hpp"
#include "api/v2/answers.hpp"
#include "api/v2/errors.hpp"
#include "api/v2/formats.hpp"
#include "api/v2/routes.hpp"

namespace restapi::api::v2 {
namespace {

class Version final : public ApiVersion {
 public:
  std::string_view prefix() const override { return v2::prefix; }

  std::vector<std::string_view> route_names() const override {
    std::vector<std::string_view> names;
    for (auto const& route : routes()) names.push_back(name_of(route));
    return names;
  }

  Prepared prepare(Question const& question, model::Catalog const& catalog, query::Policy const& policy,
                   sql::Dialect const& dialect) const override {
    auto const& target = question.target;
    auto const found = find_route(target.segments);
    if (!found) return {};
    auto const name = name_of(*found->route);
    auto planned = v2::prepare(*found, target, question.format, catalog, policy, dialect);
    if (!planned) return Prepared{name, std::move(planned).error()};
    using Outcome = decltype(Prepared::outcome);
    if (auto* answer = std::get_if<Answer>(&*planned))
      return Prepared{name, Outcome(std::in_place_type<Answer>, std::move(*answer))};
    if (auto* pending = std::get_if<std::unique_ptr<PendingRead>>(&*planned))
      return Prepared{name, std::move(*pending)};
    auto& plan = std::get<query::ReadPlan>(*planned);
    auto const before = std::span(target.segments).first(found->segments_before_page);
    return Prepared{
        name, pending_read(std::move(plan), PageInPath{{before.begin(), before.end()}, std::string(found->ending)},
                           question.format, words(), dialect)};
  }

  std::string object(Objects const& objects, std::size_t row) const override { return object_of(objects, row); }

  std::span<Format const> formats() const override { return v2::formats(); }

  http::Response render(Error const& error, std::string_view query) const override { return v2::render(error, query); }

  http::Response no_such_route(std::string const& url_root, std::span<std::string const> segments) const override {
    return v2::no_such_route(url_root, segments);
  }
};

}  // namespace

ApiVersion const& version() {
  static Version const version;
  return version;
}

}  // namespace restapi::api::v2
