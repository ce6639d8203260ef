// SPDX-License-Identifier: MIT
#include "api/site.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "api/conditional.hpp"
#include "api/methods.hpp"
#include "api/pages/files.hpp"
#include "api/representation.hpp"
#include "api/versions.hpp"
#include "base/json_text.hpp"
#include "base/suggest.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api {
namespace {

/// Text that cannot be decoded is no profile's name.
std::string decoded(std::string_view segment) {
  if (segment.find('%') == segment.npos) return std::string(segment);
  auto name = http::percent_decode(segment);
  return name ? *std::move(name) : std::string();
}

}  // namespace

/// The profiles with the numbers of those that answer soon. Some of those that are not open yet are opened, as a
/// visitor does it; the page does not wait for an archive that is unpacked.
class Site::PageOfProfiles final : public http::Work {
 public:
  PageOfProfiles(Site const& site, http::Request const& request) : site_(site), request_(request) {}

  http::Reply run() override try {
    constexpr std::chrono::milliseconds patience(300);
    constexpr int most_opened = 8;
    int opened = 0;
    std::vector<ProfileNumbers::Ask> asks;
    for (auto const& member : site_.members_) {
      bool const is_asked = !member.service->admit(request_) && (member.service->is_open() || opened++ < most_opened);
      asks.push_back(is_asked ? [&member, request = request_of(member)] { return numbers_of(member, request); }
                              : ProfileNumbers::Ask());
    }
    return site_.list(request_, site_.numbers_.ask(asks, patience));
  } catch (std::bad_alloc const&) {
    return site_.services_.front()->without_memory();
  } catch (std::exception const& failure) {
    spdlog::error("request {}: {}", request_.id, failure.what());
    return http::Reply(site_.api_.render({Code::internal, ""}));
  }

  void const* owner() const override { return &site_; }

 private:
  http::Request request_of(Member const& member) const {
    constexpr std::string_view of_the_page[] = {"Accept", "Accept-Encoding", "If-None-Match", "Range", "Prefer"};
    auto request = request_;
    request.method = "GET";
    request.target = member.prefix + "/api/v2/nodes?limit=1&orderby=-mtime";
    std::erase_if(request.headers, [&](auto const& header) {
      return std::ranges::any_of(of_the_page, [&](auto name) { return http::is_same_name(header.first, name); });
    });
    return request;
  }

  static Numbers numbers_of(Member const& member, http::Request const& request) {
    http::Batch alone;
    auto attempted = member.service->attempt(request, {member.prefix.size(), member.prefix}, alone, false);
    auto const* const work = std::get_if<std::unique_ptr<http::Work>>(&attempted);
    auto const reply = work != nullptr ? (*work)->run() : std::get<http::Reply>(std::move(attempted));
    auto const total = http::find_header(reply.response->headers, "X-Total-Count");
    auto const body = nlohmann::json::parse(reply.response->body.text(), nullptr, false);
    Numbers numbers;
    if (reply.response->status != 200 || !total || body.is_discarded()) return numbers;
    numbers.nodes = std::stoll(std::string(*total));
    for (auto const& node : body.at("data").at("nodes"))
      if (auto const& changed = node.at("mtime"); changed.is_string()) numbers.last_change = changed;
    return numbers;
  }

  Site const& site_;
  http::Request const request_;
};

Site::Site(std::vector<std::unique_ptr<Service>> services, SiteOptions options)
    : options_(std::move(options)),
      access_({.cors_origins = options_.cors_origins,
               .is_personal = std::ranges::any_of(services, [](auto const& each) { return each->needs_token(); })}),
      services_(std::move(services)),
      numbers_(services_.size()) {
  members_.reserve(services_.size());
  for (auto const& service : services_)
    members_.push_back({"/" + http::percent_encode_segment(service->name()), service.get()});
  for (auto const& member : members_) by_name_.emplace(member.service->name(), &member);
}

http::Attempt Site::attempt(http::Request const& request, http::Batch& batch, bool may_wait) try {
  if (auto const error = options_.names.refusal_of(request))
    return http::Reply(finish(api_.render(*error), representation_of(request, access_, api_.formats()), access_));
  auto const [service, mount] = find(request.target);
  if (auto attempt = answer_page(request, mount, service, batch, may_wait)) return *std::move(attempt);
  return service ? service->attempt(request, mount, batch, may_wait) : answer_itself(request);
} catch (std::bad_alloc const&) {
  return http::Reply(services_.front()->without_memory());
} catch (std::exception const& failure) {
  spdlog::error("request {}: {}", request.id, failure.what());
  return refuse({Code::internal, ""});
}

std::size_t Site::body_limit(http::Request const& head) const {
  auto const [service, mount] = find(head.target);
  return service ? service->body_limit(head, mount) : 0;
}

void Site::stop_doors() const {
  for (auto const& service : services_) service->stop_doors();
}

std::pair<Service*, Mount> Site::find(std::string_view target) const {
  auto const begin = http::origin_of(target).size();
  auto const path = target.substr(begin);
  auto const segment = path.starts_with('/') ? path.substr(1, path.find_first_of("/?", 1) - 1) : std::string_view();
  auto const name = decoded(segment);
  auto* const first = services_.front().get();
  if (name == "api") return {first, Mount{}};
  auto const found = by_name_.find(name);
  if (found == by_name_.end()) return {first->has_door(target) ? first : nullptr, Mount{}};
  auto const& [prefix, service] = *found->second;
  return {service, Mount{begin + 1 + segment.size(), prefix}};
}

// Whom no profile lets in is told the names of the profiles, at "/", and nothing else.
std::optional<Error> Site::refusal_of_all(http::Request const& request) const {
  std::optional<Error> first;
  for (auto const& service : services_) {
    auto error = service->admit(request);
    if (!error) return std::nullopt;
    if (!first) first = std::move(error);
  }
  return first;
}

// What only pages have: their styles and scripts, which say nothing of any profile, and an own page for the one
// profile.
std::optional<http::Attempt> Site::answer_page(http::Request const& request, Mount mount, Service* service,
                                               http::Batch& batch, bool may_wait) const {
  // Most requests are about neither, and end here.
  auto const path = http::path_of(std::string_view(request.target).substr(mount.length));
  bool const is_asset = path.starts_with(pages::asset_prefix);
  bool const is_start = service == nullptr && services_.size() == 1 && path == "/";
  bool const may_be_one = (is_asset || is_start) && is_read(request.method) && request.method != "OPTIONS";
  if (!may_be_one || !std::ranges::any_of(api_.formats(), &Format::is_page)) return std::nullopt;
  auto const representation = representation_of(request, access_, api_.formats());
  if (is_asset) {
    auto file = pages::asset(path);
    return http::Reply(
        finish(file ? *std::move(file)
                    : in_format(api_.render({Code::no_such_route, "no such file"}), representation.format, nullptr,
                                request.target, http::public_address(request, options_.trusted_proxies, options_.host)),
               representation, access_));
  }
  if (representation.format != nullptr && representation.format->is_page)
    return services_.front()->attempt(request, mount, batch, may_wait);
  return std::nullopt;
}

http::Attempt Site::answer_itself(http::Request const& request) const {
  auto const representation = representation_of(request, access_, api_.formats());
  auto const sent = [&](http::Response response) {
    return http::Reply(finish(std::move(response), representation, access_));
  };
  auto const address = http::public_address(request, options_.trusted_proxies, options_.host);
  auto const say = [&](Error const& error) {
    return in_format(api_.render(error), representation.format, &error, request.target, address);
  };
  if (auto const error = refusal_of(request, representation, access_, reading_methods, api_.formats()))
    return sent(refused(say(*error), reading_methods));
  if (request.method == "OPTIONS") return sent(access_.preflight(request, reading_methods));
  auto const target = http::read_target(request.target);
  if (!target) return sent(say(target.error()));
  if (!target->segments.empty()) {
    if (auto const error = refusal_of_all(request)) return sent(say(*error));
    // With one profile nobody thinks of names.
    if (services_.size() == 1)
      return sent(in_format(api_.no_such_route(address.root(), target->segments), representation.format, nullptr,
                            request.target, address));
    auto const& name = target->segments.front();
    std::vector<std::string_view> names;
    for (auto const& service : services_) names.push_back(service->name());
    auto const meant = nearest(name, names);
    return sent(
        say(Error{Code::no_such_profile, "there is no profile \"" + name + '"',
                  (meant ? "did you mean \"" + std::string(*meant) + "\"? " : "") + address.root() + " lists them"}));
  }
  // What only some of a version's answers can be read as.
  if (representation.format->of != FormatOf::anything) return sent(say(not_acceptable(api_.formats())));
  if (representation.format->is_page) return std::make_unique<PageOfProfiles>(*this, request);
  return list(request, {});
}

// `numbers`: of each profile, or none.
http::Reply Site::list(http::Request const& request, std::vector<Numbers> const& numbers) const {
  auto const representation = representation_of(request, access_, api_.formats());
  auto const address = http::public_address(request, options_.trusted_proxies, options_.host);
  std::string data = "{\"profiles\":[";
  for (std::size_t i = 0; i < members_.size(); ++i) {
    auto const& member = members_[i];
    data += data.ends_with('[') ? "{\"name\":" : ",{\"name\":";
    append_json_string(data, member.service->name());
    data += ",\"url\":";
    auto url = address.root();
    url.pop_back();
    append_json_string(data, (url += member.prefix) += std::string(api_.prefix()) + "/");
    // The state of a database is for those whom it lets in.
    bool const is_let_in = !member.service->admit(request);
    if (auto const reason = member.service->broken(); reason && is_let_in) {
      data += ",\"error\":";
      append_json_string(data, *reason);
    }
    if (!numbers.empty() && !is_let_in) data += ",\"needs_token\":true";
    if (i < numbers.size() && numbers[i].nodes) {
      data += ",\"nodes\":" + std::to_string(*numbers[i].nodes) + ",\"last_change\":";
      append_json_string(data, numbers[i].last_change);
    }
    data += '}';
  }
  Answer answer{Json{data + "]}"}, "profiles"};
  answer.total = std::ssize(members_);
  AnswerLimits none;
  auto const target = http::read_target(request.target);
  return http::Reply(finish(*representation.format->render(answer, *target, address, none), representation, access_));
}

// Nobody knows which profile it was about.
http::Reply Site::refuse(Error const& error) try {
  return finish(api_.render(error), {.origin = access_.allowed_origin({})}, access_);
} catch (std::bad_alloc const&) {
  return services_.front()->without_memory();
}

}  // namespace restapi::api
