// SPDX-License-Identifier: MIT
#include "api/service.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "api/attempt.hpp"
#include "api/conditional.hpp"
#include "api/methods.hpp"
#include "base/database_message.hpp"
#include "base/printable.hpp"
#include "base/tokens.hpp"
#include "http/error_catalogue.hpp"
#include "http/target.hpp"

namespace restapi::api {
namespace {

using Clock = std::chrono::steady_clock;

/// Of a path, in the log.
constexpr std::size_t most_logged = 1000;

}  // namespace

/// A profile that has to be opened before anything can be said.
class Service::Opening final : public http::Work {
 public:
  Opening(Service& service, http::Request const& request, Mount mount, std::shared_ptr<store::LazyStore::Flight> flight)
      : service_(service), request_(request), mount_(mount), flight_(std::move(flight)) {}

  http::Reply run() override try {
    http::Batch alone;
    auto& findings = alone.of<Findings>(&service_);
    if (auto opened = service_.store_.open())
      findings.opened = *std::move(opened);
    else
      findings.not_opened = std::move(opened).error();
    flight_.reset();
    auto attempted = service_.attempt(request_, mount_, alone, false);
    if (auto* reply = std::get_if<http::Reply>(&attempted)) return std::move(*reply);
    return std::get<std::unique_ptr<http::Work>>(attempted)->run();
  } catch (std::bad_alloc const&) {
    return service_.without_memory_;
  } catch (std::exception const& failure) {
    return service_.failed(failure.what(), {request_.id, request_.target}, service_.access_.allowed_origin(request_));
  }

  /// All openings are one owner's: unpacking takes long, and many archives would otherwise take all workers.
  void const* owner() const override { return service_.options_.shares_workers ? service_.memory_.get() : nullptr; }

 private:
  Service& service_;
  http::Request const request_;
  Mount const mount_;
  std::shared_ptr<store::LazyStore::Flight> flight_;
};

Service::Service(store::LazyStore& store, ServiceOptions options)
    : store_(store),
      options_(std::move(options)),
      access_(options_.access),
      memory_(options_.memory ? options_.memory : std::make_shared<AnswerMemory>(0)),
      totals_(memory_->totals,
              Totals::Aged{memory_->aged_totals, memory_->caches ? options_.total_age : AgedTotals::Clock::duration()},
              store_.name()),
      without_memory_(finish(options_.versions.front()->render(
                                 {Code::overloaded, "the server has no memory for this answer", "try again soon"}),
                             {.origin = access_.allowed_origin({})}, access_)) {}

http::Attempt Service::attempt(http::Request const& request, Mount mount, http::Batch& batch, bool may_wait) {
  try {
    if (auto* const door = find_door(request.target, mount)) return attempt_door(*door, request, mount);
    return Attempting(*this, request, mount, batch, may_wait).run();
  } catch (std::bad_alloc const&) {
    return http::Reply(without_memory_);
  } catch (std::exception const& failure) {
    return http::Reply(failed(failure.what(), {request.id, request.target}, access_.allowed_origin(request)));
  } catch (...) {
    return http::Reply(failed("unknown exception", {request.id, request.target}, access_.allowed_origin(request)));
  }
}

std::size_t Service::body_limit(http::Request const& head, Mount mount) const {
  if (is_read(head.method)) return 0;
  if (auto const* const door = find_door(head.target, mount))
    return names_method(door->methods(), head.method) ? door->body_limit() : 0;
  auto const path = http::path_of(std::string_view(head.target).substr(mount.length));
  auto const accepted = version_of(options_.versions, path).accepts(path);
  return names_method(accepted.methods, head.method) ? accepted.body : 0;
}

http::PublicAddress Service::address_of(http::Request const& request, Mount mount) const {
  auto address = http::public_address(request, options_.trusted_proxies, options_.host);
  address.prefix += mount.prefix;
  address.mount = mount.prefix;
  address.profile = name();
  return address;
}

/// One request opens it; the others wait, and take no worker for that.
http::Attempt Service::open_first(http::Request const& request, Mount mount, bool may_wait) {
  auto flight = store_.begin_opening();
  if (!flight && may_wait) return http::InProgress{store_.opening()};
  return std::make_unique<Opening>(*this, request, mount, std::move(flight));
}

/// Read once for a batch: its requests had all arrived before.
std::optional<store::Version> const& Service::version(Findings& findings, http::Trace& trace) {
  if (!findings.version) {
    auto const begin = Clock::now();
    auto version = findings.opened->version();
    if (findings.opened->store->asks_for_version()) trace.statements.push_back({"version", Clock::now() - begin});
    // Whatever is read next meets the same trouble and reports it.
    if (!version) trace.store_error = version.error().code;
    if (!version) spdlog::debug("the version of the data cannot be read: {}", version.error().detail);
    findings.version = version ? *std::move(version) : std::optional<store::Version>();
  }
  return *findings.version;
}

// There is no request that could name an origin.
http::Reply Service::refuse(Error const& error) try {
  return finish(options_.versions.front()->render(error), {.origin = access_.allowed_origin({})}, access_);
} catch (std::bad_alloc const&) {
  return without_memory_;
}

// What catches everything ends here, so it must not throw itself.
http::SharedResponse Service::failed(char const* what, Sent sent, std::string_view origin) try {
  return finish(report(*options_.versions.front(), {Code::internal, "", "", {}, what}, {}, sent), {.origin = origin},
                access_);
} catch (std::exception const&) {
  return without_memory_;
}

http::Response Service::respond(ApiVersion const& api, Format const& format, Result<Answer> const& answer,
                                http::Target const& target, http::PublicAddress const& address, Sent sent,
                                AnswerLimits& limits) {
  if (!answer) return report(api, answer.error(), target.query, sent);
  auto response = format.render(*answer, target, address, limits);
  return response ? *std::move(response) : report(api, response.error(), target.query, sent);
}

http::Response Service::report(ApiVersion const& api, Error const& error, std::string_view query, Sent sent) {
  auto response = api.render(error, query);
  log(error, response.status, sent);
  if (sent.format == nullptr) return response;
  return in_format(std::move(response), sent.format, &error, sent.target.substr(sent.mount), *sent.address);
}

void Service::log(Error const& error, int status, Sent sent) {
  // What is too large is no fault, but whoever keeps the database may want to know.
  bool const is_fault = status >= 500 && error.code != Code::export_not_possible;
  bool const is_worth_a_line = is_fault || error.code == Code::answer_too_large;
  // That a database cannot be opened has been logged when it was found.
  bool const is_known = error.code == Code::store_unavailable && !error.lasting.empty();
  if (!is_worth_a_line || error.code == Code::cancelled || is_known) return;
  std::string left_out;
  if (error.code == Code::store_unavailable) {
    auto const before = outage_lines_.take(Clock::now());
    if (!before) return;
    if (*before > 0) left_out = fmt::format(" (and {} before it)", *before);
  }
  // The client gets the id as X-Request-Id, the log what it stands for: the path, and what the database said. What was
  // asked for stands in the query and in the statement's values, and is nothing for whoever keeps the logs.
  std::string room;
  auto const path = sent.target.substr(0, sent.target.find('?'));
  spdlog::error("request {}: {} {}: {}: {}{}", sent.id, status, http::error_row(error.code).name,
                printable(without_tokens(path, room), most_logged), printable(without_values(error.detail)), left_out);
}

}  // namespace restapi::api
