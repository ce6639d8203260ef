// SPDX-License-Identifier: MIT
#include "observation/admin.hpp"

#include <spdlog/spdlog.h>

#include <exception>

#include "base/json_text.hpp"
#include "http/error_catalogue.hpp"

namespace restapi::observation {
namespace {

/// Bytes: whoever asks, `restapi --ready` for example, takes no answer of any length. The list at / has all.
constexpr std::size_t most_about_profiles = std::size_t{32} << 10;

/// A member of the answer with one for each profile: `,"profiles":{"main":…}`; nothing where there is none.
template <class Profiles, class Append>
void append_profiles(std::string& body, std::string_view member, Profiles const& profiles, Append append) {
  if (profiles.empty()) return;
  body += ",\"";
  body.append(member).append("\":{");
  for (auto const& profile : profiles) {
    if (body.size() > most_about_profiles) break;
    if (!body.ends_with('{')) body += ',';
    append(profile);
  }
  body += '}';
}

http::Response with_json(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body)};
}

http::Response with_message(int status, std::string_view message) { return with_json(status, message_json(message)); }

}  // namespace

http::Response Admin::answer_of(Readiness::State const& state) const {
  std::string body = state.is_ready ? "{\"ready\":true" : "{\"ready\":false,\"reason\":";
  if (!state.is_ready) append_json_string(body, state.reason);
  append_profiles(body, "profiles", broken_(), [&](auto const& broken) {
    append_json_string(body, broken.first);
    body += ':';
    append_json_string(body, broken.second);
  });
  append_profiles(body, "feeds", followed_(), [&](FollowedProfile const& followed) {
    append_json_string(body, followed.profile);
    body += ":{\"source\":";
    append_json_string(body, followed.source);
    if (!followed.why.empty()) body += ",\"why\":";
    if (!followed.why.empty()) append_json_string(body, followed.why);
    body += '}';
  });
  return with_json(state.is_ready ? 200 : 503, body + '}');
}

/// Asks for the readiness where that takes a while.
class Admin::Probe final : public http::Work {
 public:
  explicit Probe(Admin const& admin) : admin_(admin) {}
  http::Reply run() override { return admin_.answer_of(admin_.readiness_.find_out()); }

 private:
  Admin const& admin_;
};

http::Attempt Admin::attempt(http::Request const& request, http::Batch&, bool) {
  if (auto const error = names_.refusal_of(request))
    return http::Reply(with_message(http::error_row(error->code).status, error->message + "; " + error->hint));
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = with_message(405, "this port only answers GET and HEAD");
    response.headers.add("Allow", "GET, HEAD");
    return http::Reply(std::move(response));
  }
  auto const path = std::string_view(request.target).substr(0, request.target.find('?'));
  if (path == "/live") return http::Reply(with_json(200, R"({"live":true})"));
  if (path == "/ready") {
    if (auto const known = readiness_.known()) return http::Reply(answer_of(*known));
    return std::make_unique<Probe>(*this);
  }
  if (path != "/metrics") return http::Reply(with_message(404, "there are /live, /ready and /metrics"));
  try {
    return http::Reply(http::Response{200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, metrics_()});
  } catch (std::exception const& failure) {  // no memory: the next scrape may have some
    spdlog::error("metrics: {}", failure.what());
    return http::Reply(with_message(500, "the metrics cannot be written"));
  }
}

http::Reply Admin::refuse(Error const& error) {
  return with_message(http::error_row(error.code).status, error.message);
}

}  // namespace restapi::observation
