// SPDX-License-Identifier: MIT
#include "api/feed/content/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/feed/content/path.hpp"

namespace restapi::api::feed::content {
namespace {

using web_socket::CloseCode;

constexpr int accepted = 202, good = 200, not_authorized = 401, not_found = 404, gone = 410, unavailable = 503;

/// What HTTP would say where a connection is closed.
struct Parting {
  CloseCode code;
  int status;
};
constexpr Parting partings[] = {
    {CloseCode::going_away, 408},       {CloseCode::protocol_error, 400},   {CloseCode::invalid_data, 400},
    {CloseCode::unsupported_data, 400}, {CloseCode::policy_violation, 429}, {CloseCode::too_large, 413},
    {CloseCode::service_restart, 503},  {CloseCode::try_again_later, 503},
};

int status_of(CloseCode code) {
  auto const found = std::ranges::find(partings, code, &Parting::code);
  return found == std::end(partings) ? good : found->status;
}

}  // namespace

Session::Session(Visit visiting) : WebSocketListener(std::move(visiting)), id_(random_uuid()) {
  auto const cursor = parameter(visit().query, "cursor");
  wanted_.has_cursor = cursor.has_value();
  if (auto const path = parameter(visit().query, "path")) {
    wanted_.path = read_path(*path);
    if (!wanted_.path) waiting_.push_back({true, std::string(*path)});
  }
  begin(cursor && *cursor != "now" ? std::optional<std::string>(*cursor) : std::nullopt);
}

void Session::on_begun(store::Cursor const& cursor, bool is_resnapshot) {
  has_begun_ = true;
  // Without a cursor the messages are exactly those of the protocol.
  auto const source = wanted_.has_cursor ? store::name_of(visit().feed.source_in_use().kind) : std::string_view();
  send(instruction(id_, accepted, "Connected", shown_cursor(), source));
  if (is_resnapshot) send(instruction({}, gone, "Resnapshot", &cursor));  // it has sent a cursor
  for (auto const& told : std::exchange(waiting_, {})) follow(told);
}

void Session::on_message(web_socket::Kind kind, std::string payload) {
  auto const told = kind == web_socket::Kind::text ? read_instruction(payload) : std::nullopt;
  if (!told) return;
  if (has_begun_)
    follow(*told);
  else
    waiting_.push_back(*told);  // few: whoever sends many is closed
}

void Session::follow(Instruction const& instruction) {
  auto path = instruction.listens ? read_path(instruction.path.value_or("")) : std::optional<std::string>();
  bool const is_possible = path || !instruction.listens;
  if (is_possible) wanted_.path = std::move(path);
  send(answer(instruction, is_possible ? accepted : not_found, shown_cursor()));
}

void Session::tell(Entry const& entry) {
  if (!wanted_.has_cursor && needs_resnapshot(entry, wanted_)) {
    parting_ = gone;
    return socket().close(CloseCode::try_again_later, "what has changed cannot be told: read anew");
  }
  if (!wanted_.path && !entry.is_resnapshot()) return;
  auto const write = [&] {
    std::vector<web_socket::Message> messages;
    for (auto& text : messages_of(entry, wanted_)) messages.emplace_back(web_socket::Kind::text, std::move(text));
    return web_socket::frames(messages, socket().deflates());
  };
  auto const key = fmt::format("content{}{} {}", wanted_.has_cursor ? " cursor" : "",
                               socket().deflates() ? " deflated" : "", wanted_.path.value_or(""));
  send(*entry.written<web_socket::Frames>(key, write));
}

void Session::on_settled(store::Cursor const& cursor) {
  if (wanted_.has_cursor) send(instruction({}, good, "Settled", &cursor));
}

void Session::on_expired() { parting_ = not_authorized; }

void Session::on_leaving(Subscription::End why) { parting_ = why == Subscription::End::too_slow ? gone : unavailable; }

void Session::on_closing(CloseCode code) {
  send(instruction(id_, parting_.value_or(status_of(code)), "Disconnected", shown_cursor()));
}

}  // namespace restapi::api::feed::content
