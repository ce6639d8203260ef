#include "api/service.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <random>

#include "api/error_catalogue.hpp"
#include "api/gzip.hpp"
#include "api/json_text.hpp"
#include "api/media.hpp"
#include "api/public_address.hpp"
#include "api/request_store.hpp"
#include "api/target.hpp"
#include "api/v2/answers.hpp"
#include "api/v2/errors.hpp"
#include "base/printable.hpp"

namespace restapi::api {
namespace {

using Clock = std::chrono::steady_clock;

// Smaller bodies gain nothing from compression.
constexpr std::size_t worth_packing = 1024;

// Totals are small: an eighth of the memory remembers very many of them.
constexpr std::size_t share_of_totals = 8;

// Beyond that nobody reads what was asked for "in a form for reading"; it is sent as it is.
constexpr std::size_t largest_indented = std::size_t{64} << 20;

bool is_json(Response const& response) { return find_header(response.headers, "Content-Type") == "application/json"; }

// The same answer without its body (RFC 9110 §15.4.5).
Response not_modified(Response response) {
  response.status = 304;
  response.body = {};
  return response;
}

SharedResponse unless_known(SharedResponse const& response, std::string_view if_none_match) {
  auto const etag = if_none_match.empty() ? std::nullopt : find_header(response->headers, "ETag");
  return etag && names_etag(if_none_match, *etag) ? not_modified(*response) : response;
}

}  // namespace

/// In which form an answer is sent; part of what it is cached under.
struct Service::Representation {
  bool json;
  bool indented;
  bool packed;
  std::string_view origin;  // AccessPolicy::allowed_origin()
};

/// An answer that has to be read from the database.
class Service::Reading final : public Work {
 public:
  Reading(Service& service, Request const& request, Representation representation, Target target, PublicAddress address,
          v2::Found const& found, query::ReadPlan plan, Account account)
      : service_(service),
        representation_(representation),
        target_(std::move(target)),
        address_(std::move(address)),
        segments_before_page_(found.segments_before_page),
        plan_(std::move(plan)),
        sent_id_(request.id),
        sent_target_(request.target),
        if_none_match_(find_header(request.headers, "If-None-Match").value_or("")),
        gone_(request.gone),
        account_(std::move(account)) {
    account_.origin = Origin::read;
  }

  /// Remembers the answer under this version of the data.
  void remember(store::Version version, std::string key, std::shared_ptr<AnswerCache::Claim> claim) {
    version_ = std::move(version);
    key_ = std::move(key);
    claim_ = std::move(claim);
  }

  Reply run() override {
    auto const begin = Clock::now();
    account_.stages.queue += begin - planned_;
    auto const before = account_.in_statements();
    auto response = read();
    account_.stages.render = Clock::now() - begin - (account_.in_statements() - before);
    return {std::move(response), std::move(account_)};
  }

 private:
  SharedResponse read() {
    Sent const sent{sent_id_, sent_target_};
    try {
      RequestStore store(service_.store_, account_, gone_);
      auto const answered =
          v2::read(plan_, {store, service_.totals_, version_, target_, address_, segments_before_page_});
      auto response = service_.finish(
          answered ? v2::render(*answered, target_, address_) : service_.report(answered.error(), target_.query, sent),
          representation_);
      // What was read is at least as new as the version: under it, nobody finds what is older than it.
      if (!version_ || response.status >= 500) return response;
      if (response.status == 200) response.headers.emplace_back("ETag", etag_of(key_, *version_));
      auto const kept = std::make_shared<RememberedAnswer const>(RememberedAnswer{std::move(response), account_.route});
      service_.answers_.insert(std::move(key_), *std::move(version_), kept);
      return unless_known(kept->response, if_none_match_);
    } catch (std::exception const& failure) {
      return service_.failed(failure.what(), sent, representation_.origin);
    } catch (...) {
      return service_.failed("unknown exception", sent, representation_.origin);
    }
  }

  Service& service_;
  Representation const representation_;
  Target const target_;
  PublicAddress const address_;
  std::size_t const segments_before_page_;
  query::ReadPlan const plan_;
  std::string const sent_id_;
  std::string const sent_target_;
  std::string const if_none_match_;
  std::stop_token const gone_;
  Account account_;
  Clock::time_point const planned_ = Clock::now();
  std::optional<store::Version> version_;
  std::string key_;
  std::shared_ptr<AnswerCache::Claim> claim_;
};

Service::Service(store::Store& store, ServiceOptions options)
    : store_(store),
      options_(std::move(options)),
      access_(options_.access),
      answers_(options_.cache - options_.cache / share_of_totals),
      totals_(options_.cache / share_of_totals),
      salt_(fmt::format("{:08x}", std::random_device{}())) {}

Attempt Service::attempt(Request const& request, Batch& batch, bool may_wait) {
  try {
    return attempt_read(request, batch, may_wait);
  } catch (std::exception const& failure) {
    return failed(failure.what(), {request.id, request.target}, access_.allowed_origin(request));
  } catch (...) {
    return failed("unknown exception", {request.id, request.target}, access_.allowed_origin(request));
  }
}

Attempt Service::attempt_read(Request const& request, Batch& batch, bool may_wait) {
  auto const preference = read_accept(find_header(request.headers, "Accept").value_or(""));
  Representation const representation{preference.json, preference.indented,
                                      accepts_gzip(find_header(request.headers, "Accept-Encoding").value_or("")),
                                      access_.allowed_origin(request)};
  Account account;
  auto const begin = Clock::now();
  if (request.arrived != Clock::time_point()) account.stages.queue = begin - request.arrived;
  auto const planned = [&] { account.stages.plan = Clock::now() - begin - account.in_statements(); };
  auto const now = [&](Response response) {
    auto finished = finish(std::move(response), representation);
    planned();
    return Reply(std::move(finished), std::move(account));
  };
  auto const refused = [&](Error const& error, std::string_view query = {}) {
    return now(report(error, query, {request.id, request.target}));
  };
  if (auto const error = access_.admit(request)) return refused(*error);
  if (request.method == "OPTIONS") return now(access_.preflight());
  if (request.method != "GET" && request.method != "HEAD")
    return refused({Code::method_not_allowed, "this service only reads", "use GET, HEAD or OPTIONS"});
  if (!preference.json)
    return refused({Code::not_acceptable, "this service answers in JSON", "send Accept: application/json, or none"});

  // Under what this answer is remembered. The database is only asked for its version where that can be of use.
  auto address = public_address(request, options_.trusted_proxies, options_.host);
  auto const if_none_match = find_header(request.headers, "If-None-Match").value_or("");
  std::string key;
  if (options_.cache > 0) {
    key = fmt::format("{}{}{}\n{}\n{}", int{representation.indented}, int{representation.packed}, representation.origin,
                      address.root(), request.target);
    if (auto const known = answers_.contains(key) ? version(batch, account) : std::nullopt)
      if (auto const answer = answers_.find(key, *known)) {
        account.origin = Origin::remembered;
        account.route = answer->route;
        return Reply(unless_known(answer->response, if_none_match), std::move(account));
      }
  }

  auto target = read_target(request.target);
  if (!target) return refused(target.error());
  auto const found = v2::find_route(target->segments, store_.catalog());
  if (!found) return now(v2::no_such_route(address.root()));
  account.route = v2::name_of(*found->route);
  auto prepared = v2::prepare(*found, *target, store_.catalog(), options_.policy);
  if (!prepared) return refused(prepared.error(), target->query);
  if (auto const* answered = std::get_if<v2::Answered>(&*prepared)) return now(v2::render(*answered, *target, address));

  auto const current = options_.cache > 0 ? version(batch, account) : std::nullopt;
  std::shared_ptr<AnswerCache::Claim> claim;
  if (current) {
    // The client has the answer of this very version, even if we have forgotten it.
    if (auto const etag = etag_of(key, *current); names_etag(if_none_match, etag) && if_none_match != "*")
      return now(Response{304, {{"ETag", etag}}, {}});
    claim = answers_.claim(key);
    if (!claim && may_wait) return InProgress{answers_.find_claim(key)};
  }
  planned();
  auto reading = std::make_unique<Reading>(*this, request, representation, *std::move(target), std::move(address),
                                           *found, std::get<query::ReadPlan>(*std::move(prepared)), std::move(account));
  if (current) reading->remember(*current, std::move(key), std::move(claim));
  return reading;
}

/// Read once for a batch: its requests had all arrived before.
std::optional<store::Version> Service::version(Batch& batch, Account& account) {
  if (!batch.findings.has_value()) {
    auto const begin = std::chrono::steady_clock::now();
    auto version = store_.version();
    if (store_.asks_for_version()) account.statements.push_back({"version", std::chrono::steady_clock::now() - begin});
    // Whatever is read next meets the same trouble and reports it.
    if (!version) account.store_error = version.error().code;
    if (!version) spdlog::debug("the version of the data cannot be read: {}", version.error().detail);
    auto known = version ? *std::move(version) : std::optional<store::Version>();
    // Clients keep ETags longer than we live. Another process may give other data the same version: every archive has
    // the same one, every SQLite file begins with the same one.
    if (known) *known += ' ' + salt_;
    batch.findings = std::move(known);
  }
  return std::any_cast<std::optional<store::Version> const&>(batch.findings);
}

// There is no request that could name an origin.
Reply Service::refuse(Error const& error) {
  return finish(v2::render(error), {true, false, false, access_.allowed_origin({})});
}

Response Service::answer(Request const& request) {
  Batch alone;
  auto attempted = attempt(request, alone, false);
  if (auto* reply = std::get_if<Reply>(&attempted)) return *reply->response;
  return *std::get<std::unique_ptr<Work>>(attempted)->run().response;
}

Response Service::answer(std::string_view method, std::string_view target) {
  return answer(Request{std::string(method), std::string(target), {}, {}});
}

// The only places that catch to continue end here.
Response Service::failed(char const* what, Sent sent, std::string_view origin) {
  return finish(report({Code::internal, "", "", {}, what}, {}, sent), {true, false, false, origin});
}

Response Service::report(Error const& error, std::string_view query, Sent sent) {
  auto response = v2::render(error, query);
  if (response.status < 500 || error.code == Code::cancelled) return response;
  std::string left_out;
  if (error.code == Code::store_unavailable) {
    auto const before = outage_lines_.take(Clock::now());
    if (!before) return response;
    if (*before > 0) left_out = fmt::format(" (and {} before it)", *before);
  }
  // The client gets the id as X-Request-Id, the log what it stands for.
  spdlog::error("request {}: {} {}: {}: {}{}", sent.id, response.status, error_row(error.code).name,
                printable(sent.target, 1000), printable(error.detail), left_out);
  return response;
}

Response Service::finish(Response response, Representation const& representation) const {
  if (representation.indented && is_json(response))
    if (auto text = indented(response.body.text(), largest_indented)) response.body = *std::move(text);
  if (representation.packed && response.body.size() >= worth_packing) {
    response.body = gzip(response.body.text());
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  access_.add_headers(response, representation.origin);
  return response;
}

}  // namespace restapi::api
