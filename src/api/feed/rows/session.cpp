// SPDX-License-Identifier: MIT
#include "api/feed/rows/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace restapi::api::feed::rows {

using web_socket::CloseCode;

// Of somebody who comes back with a cursor and then asks for its page, the changes of the page must not have passed by:
// they wait for the first message, or a few seconds for somebody who needs no page.
Session::Session(Visit visiting) : WebSocketListener(std::move(visiting)), id_(random_uuid()) {
  if (!visit().is_admitted) {
    send(authentication({}));
    socket().close(CloseCode::policy_violation, "no token, or one that is not accepted");
    return;
  }
  send(authentication(id_));
  auto const cursor = parameter(visit().query, "cursor");
  wanted_.has_cursor = cursor.has_value();
  if (cursor && *cursor != "now")
    goes_on_behind_ = std::string(*cursor);
  else
    begin({});
}

void Session::go_back() {
  if (goes_on_behind_) begin(*std::exchange(goes_on_behind_, std::nullopt));
}

void Session::on_message(web_socket::Kind kind, std::string payload) {
  auto const request = kind == web_socket::Kind::text ? read_request(payload) : std::nullopt;
  go_back();
  if (!request) return;
  if (has_begun_)
    turn_to(*request);
  else
    waiting_.push_back(*request);  // few: whoever sends many is closed
}

void Session::turn_to(PageRequest const& request) {
  if (request.removes && (!wanted_.table || request.table != wanted_.table)) return;
  if (wanted_.table) send(page_discard(*wanted_.table));
  wanted_.table = request.removes ? nullptr : request.table;
  if (wanted_.table) send(page_add(*wanted_.table, wanted_.has_cursor ? &cursor() : nullptr));
}

void Session::on_begun(store::Cursor const& cursor, bool is_resnapshot) {
  has_begun_ = true;
  auto const source = store::name_of(visit().feed.source_in_use().kind);
  if (is_resnapshot)
    send(resnapshot(cursor, source));  // it has sent a cursor
  else if (wanted_.has_cursor)
    send(settled(cursor, source));
  for (auto const& request : std::exchange(waiting_, {})) turn_to(request);
}

void Session::tell(Entry const& entry) {
  if (!wanted_.has_cursor && needs_resnapshot(entry, wanted_))
    return socket().close(CloseCode::try_again_later, "what has changed cannot be told: read anew");
  bool const is_own =
      std::ranges::find(entry.batch().changes, id_, &store::Change::origin) != entry.batch().changes.end();
  auto const write = [&] {
    std::vector<web_socket::Message> messages;
    for (auto& text : messages_of(entry, wanted_, is_own ? std::string_view(id_) : std::string_view()))
      messages.emplace_back(web_socket::Kind::text, std::move(text));
    return web_socket::frames(messages, socket().deflates());
  };
  // Whoever has made some of it gets the rest; everybody else shares what is sent.
  if (is_own) return send(write());
  auto const key = fmt::format("rows {}{}{}", wanted_.table ? wanted_.table->id : 0,
                               wanted_.has_cursor ? " cursor" : "", socket().deflates() ? " deflated" : "");
  send(*entry.written<web_socket::Frames>(key, write));
}

void Session::on_settled(store::Cursor const& cursor) {
  if (wanted_.has_cursor) send(settled(cursor));
}

void Session::on_expired() { send(authentication({})); }

}  // namespace restapi::api::feed::rows
