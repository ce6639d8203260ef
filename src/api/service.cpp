// SPDX-License-Identifier: MIT
#include "api/service.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "api/methods.hpp"
#include "api/request_store.hpp"
#include "base/database_message.hpp"
#include "base/keyed_hash.hpp"
#include "base/printable.hpp"
#include "base/tokens.hpp"
#include "http/error_catalogue.hpp"
#include "http/media.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api {
namespace {

using Clock = std::chrono::steady_clock;

/// Of a path, in the log.
constexpr std::size_t most_logged = 1000;

// The same answer without its body (RFC 9110 §15.4.5).
http::Response not_modified(http::Response response) {
  response.status = 304;
  response.body = {};
  return response;
}

/// As sent, without what stands before it in the absolute form, and without the query.
std::string_view path_of(std::string_view target) {
  target.remove_prefix(http::origin_of(target).size());
  return target.substr(0, target.find('?'));
}

/// Whether the answer is what is at the address, and not what comes of something that is sent there.
bool is_read(std::string_view method) { return names_method(reading_methods, method); }

/// What the client has already; empty: nothing.
std::string_view if_none_match_of(http::Request const& request) {
  return is_read(request.method) ? http::find_header(request.headers, "If-None-Match").value_or("") : "";
}

http::SharedResponse unless_known(http::SharedResponse const& response, std::string_view if_none_match) {
  auto const etag = if_none_match.empty() ? std::nullopt : http::find_header(response->headers, "ETag");
  return etag && names_etag(if_none_match, *etag) ? not_modified(*response) : response;
}

}  // namespace

/// A profile that has to be opened before anything can be said.
class Service::Opening final : public http::Work {
 public:
  Opening(Service& service, http::Request const& request, Mount mount, std::shared_ptr<void const> claim)
      : service_(service), request_(request), mount_(mount), claim_(std::move(claim)) {}

  http::Reply run() override {
    http::Batch alone;
    auto& findings = alone.of<Findings>(&service_);
    if (auto opened = service_.store_.open())
      findings.opened = *std::move(opened);
    else
      findings.not_opened = std::move(opened).error();
    claim_.reset();
    auto attempted = service_.attempt(request_, mount_, alone, false);
    if (auto* reply = std::get_if<http::Reply>(&attempted)) return std::move(*reply);
    return std::get<std::unique_ptr<http::Work>>(attempted)->run();
  }

  void const* owner() const override { return service_.owner_of_work(); }

 private:
  Service& service_;
  http::Request const request_;
  Mount const mount_;
  std::shared_ptr<void const> claim_;
};

/// An answer that has to be read from the database.
class Service::Reading final : public http::Work {
 public:
  Reading(Service& service, Opened opened, http::Request const& request, Representation representation,
          http::Target target, http::PublicAddress address, ApiVersion const& api, std::unique_ptr<PendingRead> pending,
          http::Trace trace)
      : service_(service),
        opened_(std::move(opened)),
        representation_(representation),
        method_(request.method),
        body_(request.body),
        target_(std::move(target)),
        address_(std::move(address)),
        api_(api),
        pending_(std::move(pending)),
        sent_id_(request.id),
        sent_target_(request.target),
        if_none_match_(if_none_match_of(request)),
        gone_(request.gone),
        has_company_(pending_->first() && opened_->store->reads_together()),
        trace_(std::move(trace)) {
    trace_.origin = http::Origin::read;
  }

  /// Remembers the answer under this version of the data.
  void remember(store::Version version, std::string key, std::shared_ptr<AnswerCache::Claim> claim) {
    version_ = std::move(version);
    key_ = std::move(key);
    claim_ = std::move(claim);
  }

  http::Reply run() override {
    auto const begin = Clock::now();
    trace_.stages.queue += begin - waiting_since_;
    auto const before = trace_.in_statements();
    auto response = read();
    trace_.stages.render = Clock::now() - begin - (trace_.in_statements() - before);
    return {std::move(response), std::move(trace_)};
  }

  void const* owner() const override { return service_.owner_of_work(); }

  void const* company() const override { return has_company_ ? opened_.get() : nullptr; }

  std::size_t begin(std::span<http::Work* const> all) override {
    for (auto* const work : all) static_cast<Reading&>(*work).has_company_ = false;
    std::size_t begun = 0;
    try {
      auto const begin = Clock::now();
      std::vector<sql::Statement const*> statements;
      statements.reserve(all.size());
      for (auto* const work : all) statements.push_back(&*static_cast<Reading&>(*work).pending_->first());
      auto rows = opened_->store->read_together(statements);
      auto const end = Clock::now();
      for (; begun < rows.size(); ++begun) static_cast<Reading&>(*all[begun]).take(std::move(rows[begun]), begin, end);
    } catch (std::exception const& failure) {
      spdlog::warn("requests are read one by one: {}", failure.what());
    }
    return begun;
  }

 private:
  // What the first statement has brought, in company.
  void take(store::Rows rows, Clock::time_point begin, Clock::time_point end) {
    trace_.statements.push_back({pending_->first()->name(), end - begin});
    trace_.stages.queue += begin - waiting_since_;
    waiting_since_ = end;
    rows_ = std::move(rows);
  }

  http::SharedResponse read() {
    Sent const sent{sent_id_, sent_target_};
    try {
      AnswerLimits limits(service_.memory_->for_answers, service_.options_.writing_timeout, gone_);
      auto response = finish(service_.respond(api_, answer(limits), target_, address_, sent, limits), representation_,
                             service_.access_, limits);
      // What was read is at least as new as the version: under it, nobody finds what is older than it.
      bool const may_be_kept = version_ && response.status < 500 && !response.body.file();
      if (!may_be_kept || !opened_->store->has_versions()) return response;
      if (service_.memory_->answers.keeps(response)) response.body.keep({});  // counted there
      if (response.status == 200 && is_read(method_)) response.headers.add("ETag", etag_of(key_, *version_));
      auto const kept = std::make_shared<RememberedAnswer const>(RememberedAnswer{std::move(response), trace_.route});
      service_.memory_->answers.insert(std::move(key_), *std::move(version_), kept);
      return unless_known(kept->response, if_none_match_);
    } catch (Interrupted const& interrupted) {
      if (interrupted.error.code == Code::store_too_slow) trace_.store_error = interrupted.error.code;
      return finish(service_.report(api_, interrupted.error, target_.query, sent), {.origin = representation_.origin},
                    service_.access_);
    } catch (std::exception const& failure) {
      return service_.failed(failure.what(), sent, representation_.origin);
    } catch (...) {
      return service_.failed("unknown exception", sent, representation_.origin);
    }
  }

  Result<Answer> answer(AnswerLimits& limits) {
    auto answer = read_rows(limits);
    if (answer || answer.error().code != Code::store_unavailable || !opened_->store->is_outdated()) return answer;
    return read_anew(std::move(answer).error(), limits);
  }

  Result<Answer> read_rows(AnswerLimits& limits) {
    RequestStore store(*opened_->store, trace_, gone_, limits);
    if (pending_->first() && !rows_) rows_ = store.read(*pending_->first());
    return pending_->read(std::exchange(rows_, std::nullopt), {store, service_.totals_, version_, target_, address_});
  }

  /// The request was planned for tables that have changed since: it is planned once more, for those that there are now.
  Result<Answer> read_anew(Error error, AnswerLimits& limits) {
    service_.store_.retire(*opened_);
    auto opened = service_.store_.open();
    if (!opened) return std::move(opened).error();
    if (*opened == opened_) return error;  // that was tried a moment ago
    opened_ = *std::move(opened);
    version_.reset();  // of what was open before
    rows_.reset();
    auto const& store = *opened_->store;
    auto prepared =
        api_.prepare({method_, target_, body_.text()}, store.catalog(), service_.options_.policy, store.dialect());
    if (!prepared) return error;
    if (auto* refusal = std::get_if<Error>(&prepared->outcome)) return std::move(*refusal);
    if (auto* answer = std::get_if<Answer>(&prepared->outcome)) return std::move(*answer);
    pending_ = std::get<std::unique_ptr<PendingRead>>(std::move(prepared->outcome));
    return read_rows(limits);
  }

  Service& service_;
  Opened opened_;
  Representation const representation_;
  std::string const method_;
  net::Body const body_;
  http::Target const target_;
  http::PublicAddress const address_;
  ApiVersion const& api_;
  std::unique_ptr<PendingRead> pending_;
  std::string const sent_id_;
  std::string const sent_target_;
  std::string const if_none_match_;
  std::stop_token const gone_;
  std::optional<Result<store::Rows>> rows_;  // of the first statement
  bool has_company_;
  http::Trace trace_;
  Clock::time_point waiting_since_ = Clock::now();
  std::optional<store::Version> version_;
  std::string key_;
  std::shared_ptr<AnswerCache::Claim> claim_;
};

Service::Service(std::unique_ptr<store::LazyStore> own, store::LazyStore* store, ServiceOptions options)
    : own_(std::move(own)),
      store_(store ? *store : *own_),
      options_(std::move(options)),
      access_(options_.access),
      memory_(options_.memory ? options_.memory : std::make_shared<AnswerMemory>(0)),
      totals_(memory_->totals, store_.name()) {}

Service::Service(store::LazyStore& store, ServiceOptions options) : Service(nullptr, &store, std::move(options)) {}

Service::Service(store::Store& store, ServiceOptions options)
    : Service(std::make_unique<store::LazyStore>(store), nullptr, std::move(options)) {}

http::Attempt Service::attempt(http::Request const& request, Mount mount, http::Batch& batch, bool may_wait) {
  try {
    return attempt_read(request, mount, batch, may_wait);
  } catch (std::exception const& failure) {
    return failed(failure.what(), {request.id, request.target}, access_.allowed_origin(request));
  } catch (...) {
    return failed("unknown exception", {request.id, request.target}, access_.allowed_origin(request));
  }
}

http::Attempt Service::attempt_read(http::Request const& request, Mount mount, http::Batch& batch, bool may_wait) {
  auto const representation = representation_of(request, access_);
  auto const sent = std::string_view(request.target).substr(mount.length);
  auto const path = path_of(sent);
  auto const& api = version_of(options_.versions, path);
  auto const accepted = api.accepts(path);
  http::Trace trace{.profile = store_.name()};
  auto const begin = Clock::now();
  if (request.arrived != Clock::time_point()) trace.stages.queue = begin - request.arrived;
  auto const planned = [&] { trace.stages.plan = Clock::now() - begin - trace.in_statements(); };
  auto const now = [&](http::Response response) {
    auto finished = finish(std::move(response), representation, access_);
    planned();
    return http::Reply(std::move(finished), std::move(trace));
  };
  auto const refused = [&](Error const& error, std::string_view query = {}) {
    if (error.code == Code::store_unavailable) trace.store_error = error.code;
    return now(report(api, error, query, {request.id, request.target}));
  };
  if (auto const error = refusal_of(request, representation, access_, accepted.methods))
    return now(api::refused(report(api, *error, {}, {request.id, request.target}), accepted.methods));
  if (request.method == "OPTIONS") return now(access_.preflight(request, accepted.methods));

  auto& findings = batch.of<Findings>(this);
  if (!findings.opened) findings.opened = store_.use();
  if (findings.opened && findings.opened->store->is_outdated()) {
    store_.retire(*findings.opened);
    findings.opened = store_.use();
    findings.version.reset();
  }
  if (!findings.opened) {
    if (!findings.not_opened) findings.not_opened = store_.refusal();
    if (findings.not_opened) return refused(*findings.not_opened);
    return open_first(request, mount, may_wait);
  }
  auto& store = *findings.opened->store;

  // Under what this answer is remembered. The database is only asked for its version where that can be of use.
  auto address = http::public_address(request, options_.trusted_proxies, options_.host);
  address.prefix += mount.prefix;
  auto const if_none_match = if_none_match_of(request);
  std::string key;
  if (memory_->remembers) {
    key = fmt::format("{} {}{}\n{}\n{}\n{}", representation.format->name, int{representation.packed},
                      representation.origin, store_.name(), address.root(), sent);
    if (!is_read(request.method)) key += '\n' + request.method + ' ' + keyed_digest(request.body.text());
    if (auto const known = memory_->answers.contains(key) ? version(findings, trace) : std::nullopt)
      if (auto const answer = memory_->answers.find(key, *known)) {
        trace.origin = http::Origin::remembered;
        trace.route = answer->route;
        return http::Reply(unless_known(answer->response, if_none_match), std::move(trace));
      }
  }

  auto target = http::read_target(sent);
  if (!target) return refused(target.error());
  auto prepared =
      api.prepare({request.method, *target, request.body.text()}, store.catalog(), options_.policy, store.dialect());
  if (!prepared) return now(api.no_such_route(address.root()));
  trace.route = prepared->route;
  if (auto const* error = std::get_if<Error>(&prepared->outcome)) return refused(*error, target->query);
  if (auto* answer = std::get_if<Answer>(&prepared->outcome)) {
    AnswerLimits none;
    return now(respond(api, std::move(*answer), *target, address, {request.id, request.target}, none));
  }

  auto const current = memory_->remembers ? version(findings, trace) : std::nullopt;
  std::shared_ptr<AnswerCache::Claim> claim;
  if (current) {
    // The client has the answer of this very version, even if we have forgotten it.
    if (auto const etag = etag_of(key, *current); names_etag(if_none_match, etag) && if_none_match != "*")
      return now(http::Response{304, {{"ETag", etag}}, {}});
    claim = memory_->answers.claim(key);
    if (!claim && may_wait) return http::InProgress{memory_->answers.find_claim(key)};
  }
  planned();
  auto reading = std::make_unique<Reading>(
      *this, findings.opened, request, representation, *std::move(target), std::move(address), api,
      std::get<std::unique_ptr<PendingRead>>(std::move(prepared->outcome)), std::move(trace));
  if (current) reading->remember(*current, std::move(key), std::move(claim));
  return reading;
}

std::size_t Service::body_limit(http::Request const& head, Mount mount) const {
  if (is_read(head.method)) return 0;
  auto const path = path_of(std::string_view(head.target).substr(mount.length));
  auto const accepted = version_of(options_.versions, path).accepts(path);
  return names_method(accepted.methods, head.method) ? accepted.body : 0;
}

/// One request opens it; the others wait, and take no worker for that.
http::Attempt Service::open_first(http::Request const& request, Mount mount, bool may_wait) {
  auto claim = store_.claim();
  if (!claim && may_wait) return http::InProgress{store_.claimed()};
  return std::make_unique<Opening>(*this, request, mount, std::move(claim));
}

/// Read once for a batch: its requests had all arrived before.
std::optional<store::Version> const& Service::version(Findings& findings, http::Trace& trace) {
  if (!findings.version) {
    auto const begin = Clock::now();
    auto& store = *findings.opened->store;
    auto version = store.version();
    if (store.asks_for_version()) trace.statements.push_back({"version", Clock::now() - begin});
    // Whatever is read next meets the same trouble and reports it.
    if (!version) trace.store_error = version.error().code;
    if (!version) spdlog::debug("the version of the data cannot be read: {}", version.error().detail);
    findings.version = version ? *std::move(version) : std::optional<store::Version>();
    // Clients keep ETags longer than we live. Another process, or another opening, may give other data the same
    // version.
    if (*findings.version) **findings.version += ' ' + findings.opened->id;
  }
  return *findings.version;
}

// There is no request that could name an origin.
http::Reply Service::refuse(Error const& error) {
  return finish(options_.versions.front()->render(error), {.origin = access_.allowed_origin({})}, access_);
}

http::Response Service::answer(http::Request const& request) {
  http::Batch alone;
  auto attempted = attempt(request, alone, false);
  if (auto* reply = std::get_if<http::Reply>(&attempted)) return *reply->response;
  return *std::get<std::unique_ptr<http::Work>>(attempted)->run().response;
}

http::Response Service::answer(std::string_view method, std::string_view target) {
  return answer(http::Request{std::string(method), std::string(target), {}, {}});
}

// The only places that catch to continue end here.
http::Response Service::failed(char const* what, Sent sent, std::string_view origin) {
  return finish(report(*options_.versions.front(), {Code::internal, "", "", {}, what}, {}, sent), {.origin = origin},
                access_);
}

http::Response Service::respond(ApiVersion const& api, Result<Answer> const& answer, http::Target const& target,
                                http::PublicAddress const& address, Sent sent, AnswerLimits& limits) {
  if (!answer) return report(api, answer.error(), target.query, sent);
  auto response = api.render(*answer, target, address, limits);
  return response ? *std::move(response) : report(api, response.error(), target.query, sent);
}

http::Response Service::report(ApiVersion const& api, Error const& error, std::string_view query, Sent sent) {
  auto response = api.render(error, query);
  // What is too large is no fault, but whoever keeps the database may want to know.
  bool const is_worth_a_line = response.status >= 500 || error.code == Code::answer_too_large;
  if (!is_worth_a_line || error.code == Code::cancelled) return response;
  std::string left_out;
  if (error.code == Code::store_unavailable) {
    auto const before = outage_lines_.take(Clock::now());
    if (!before) return response;
    if (*before > 0) left_out = fmt::format(" (and {} before it)", *before);
  }
  // The client gets the id as X-Request-Id, the log what it stands for: the path, and what the database said. What was
  // asked for stands in the query and in the statement's values, and is nothing for whoever keeps the logs.
  std::string room;
  auto const path = sent.target.substr(0, sent.target.find('?'));
  spdlog::error("request {}: {} {}: {}: {}{}", sent.id, response.status, http::error_row(error.code).name,
                printable(without_tokens(path, room), most_logged), printable(without_values(error.detail)), left_out);
  return response;
}

}  // namespace restapi::api
