// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/listener.hpp"

#include <algorithm>
#include <utility>

#include "base/json_text.hpp"

namespace restapi::api::feed::socket_io {
namespace {

/// Bytes that may wait for a client before it is given more.
constexpr std::size_t most_unread = 64 * 1024;

/// What a client comes back with is "p" and the id that it had.
std::optional<std::string> sid_of(std::string_view pid) {
  constexpr std::size_t longest = 64;
  auto const is_right = [](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '-' || byte == '_';
  };
  if (pid.size() < 2 || pid.size() > longest || pid.front() != 'p') return std::nullopt;
  if (!std::ranges::all_of(pid, is_right)) return std::nullopt;
  return std::string(pid.substr(1));
}

}  // namespace

Listener::Listener(api::socket_io::Socket& socket, engine_io::Session& session, std::shared_ptr<Feed> feed,
                   std::string profile, std::uint64_t client, Refusal refusal)
    : socket_(socket),
      session_(session),
      feed_(std::move(feed)),
      profile_(std::move(profile)),
      client_(client),
      refusal_(std::move(refusal)),
      self_(std::make_shared<Listener*>(this)) {}

// ---- Connecting ----

void Listener::connect(Auth const& auth) {
  auto const offset = read_offset(auth.offset);
  if (!offset || !sid_of(auth.pid)) return accept();
  if (offset->workspace.empty()) return socket_.accept(*sid_of(auth.pid), auth.pid);  // it wants nothing, and has it
  auto const then = [pid = auth.pid](Listener& self, Outcome const& outcome) { self.recover(pid, outcome); };
  // Closed, and not refused: then it tries again.
  if (!listen() || !ask(offset->workspace, offset->cursor, then)) session_.close();
}

void Listener::accept() {
  auto const sid = engine_io::new_id();
  socket_.accept(sid, "p" + sid);
}

void Listener::recover(std::string const& pid, Outcome const& outcome) {
  if (std::holds_alternative<Unreadable>(outcome)) return session_.close();
  auto const* selected = std::get_if<Selected>(&outcome);
  if (!selected) {
    listener_.reset();
    return accept();
  }
  bool const is_recovered = !selected->begin.is_resnapshot;
  if (is_recovered)
    socket_.accept(*sid_of(pid), pid);
  else
    accept();
  begin(*selected);
  if (!is_recovered) emit(selected_data(selected->begin.position.cursor, workspace_.id));
  if (subscription_) subscription_->go_on();
}

// ---- Workspaces ----

void Listener::on_event(api::socket_io::Event event) {
  if (event.name == "deselect-workspace") return fulfil({{}, event.ack});
  if (event.name != "select-workspace") return acknowledge(event.ack, "there is no event of this name");
  auto wanted = wanted_workspace(event.arguments);
  if (!wanted) return acknowledge(event.ack, wanted.error().message);
  fulfil({*std::move(wanted), event.ack});
}

void Listener::fulfil(Wish wish) {
  if (is_selecting_) {
    if (next_) acknowledge(next_->ack, "another selection came at once");
    next_ = std::move(wish);
    return;
  }
  if (wish.workspace.empty()) {
    deselect();
    return acknowledge(wish.ack);
  }
  if (!listen()) return acknowledge(wish.ack, "there are as many listeners as this server has room for");
  is_selecting_ =
      ask(wish.workspace, std::nullopt, [wish](Listener& self, Outcome const& outcome) { self.take(wish, outcome); });
  if (!is_selecting_) acknowledge(wish.ack, "the server is about to stop");
}

void Listener::take(Wish const& wish, Outcome const& outcome) {
  is_selecting_ = false;
  if (auto const* selected = std::get_if<Selected>(&outcome)) {
    begin(*selected);
    acknowledge(wish.ack);
    emit(selected_data(selected->begin.position.cursor, workspace_.id));
    if (subscription_) subscription_->go_on();
  } else {
    if (!subscription_) listener_.reset();
    acknowledge(wish.ack, std::holds_alternative<Unknown>(outcome)
                              ? "there is no such workspace: it is * or the name of the profile, or the uuid of a group"
                              : "the database cannot be read now");
  }
  if (next_ && !is_gone_) fulfil(*std::exchange(next_, std::nullopt));
}

void Listener::begin(Selected const& selected) {
  if (is_gone_) return;
  workspace_ = selected.workspace;
  // The namespace is part of what is written.
  key_ = "socket.io " + socket_.name_space() + " " + workspace_.id;
  pending_.clear();
  subscription_ = std::make_shared<Subscription>(
      *feed_, *this, client_, [handle = socket_.handle()](std::function<void()> const& task) { handle.tell(task); });
  subscription_->begin_at(selected.begin.position);
  listener_->on_grown([handle = socket_.handle(), weak = std::weak_ptr(subscription_)] {
    handle.tell([&weak] {
      if (auto const subscription = weak.lock()) subscription->go_on();
    });
  });
}

/// What it comes back with has no workspace then.
void Listener::deselect() {
  if (!subscription_) return;
  auto const cursor = subscription_->cursor();
  pending_.clear();
  subscription_.reset();
  listener_.reset();
  workspace_ = {};
  on_settled(cursor);
}

// ---- On the feed's thread ----

Listener::Outcome Listener::look(Feed::Desk& desk, std::string const& id, std::string const& profile) {
  Workspace workspace{id};
  if (!is_whole_profile(id, profile)) {
    auto uuid = uuid_of_group(id);
    if (!uuid) return Unknown{};
    auto const store = desk.store();
    if (!store) return Unreadable{};
    if (!(*store)->has_table("db_dbgroup_dbnodes")) return Unreadable{};
    auto const group = find_group(*uuid, **store);
    if (!group) return Unreadable{};
    if (!*group) return Unknown{};
    workspace.group = *group;
    workspace.group_uuid = *std::move(uuid);
  }
  return Selected{std::move(workspace), {}};
}

bool Listener::ask(std::string const& workspace, std::optional<std::string> const& cursor,
                   std::function<void(Listener&, Outcome const&)> then) {
  auto const task = [workspace, cursor, profile = profile_, client = client_, then = std::move(then),
                     handle = socket_.handle(), weak = std::weak_ptr(self_)](Feed::Desk& desk) {
    auto const tell = [handle, weak, then](Outcome const& outcome) {
      handle.tell([&] {
        auto const self = weak.lock();
        if (self && !(*self)->is_gone_) then(**self, outcome);
      });
    };
    auto const outcome = look(desk, workspace, profile);
    auto const* const selected = std::get_if<Selected>(&outcome);
    if (!selected) return tell(outcome);
    desk.begin(cursor, client,
               [tell, workspace = selected->workspace](Feed::Desk&, Result<Feed::Desk::Begin> const& begin) {
                 tell(begin ? Outcome(Selected{workspace, *begin}) : Unreadable{});
               });
  };
  return feed_->ask(task, client_);
}

// ---- Changes ----

bool Listener::listen() {
  if (listener_) return true;
  listener_ = feed_->listen(Way::socket_io, client_, {.items = true});
  if (!listener_) return false;
  listener_->on_displaced([handle = socket_.handle(), weak = std::weak_ptr(self_)] {
    handle.tell([&weak] {
      auto const self = weak.lock();
      if (self && !(*self)->is_gone_) (*self)->on_ended(Subscription::End::displaced);
    });
  });
  return true;
}

bool Listener::has_room() const { return !is_gone_ && pending_.empty() && socket_.waiting() < most_unread; }

void Listener::on_entry(Entry const& entry) {
  if (is_gone_) return;
  auto const write = [&] { return messages_of(entry, workspace_, socket_.name_space()); };
  auto messages = entry.written<Messages>(key_, write);
  if (messages->empty()) return;
  pending_.push_back({std::move(messages)});
  send_pending();
}

void Listener::emit(std::string const& data) {
  socket_.emit(data);
  if (listener_) listener_->count_messages(1);
}

/// A poll that waits is answered by the first message, and then there is room again (on_sent).
void Listener::send_pending() {
  if (std::exchange(is_sending_, true)) return;
  while (!pending_.empty() && !is_gone_ && socket_.waiting() < most_unread) {
    auto& [messages, sent] = pending_.front();
    socket_.send((*messages)[sent++]);
    if (is_gone_) break;  // that was too much for the session
    listener_->count_messages(1);
    if (sent == messages->size()) pending_.pop_front();
  }
  is_sending_ = false;
}

void Listener::on_sent() {
  if (is_sending_ || is_gone_) return;
  send_pending();
  if (auto const subscription = subscription_) subscription->go_on();
}

void Listener::on_settled(store::Cursor const& cursor) { emit(event_data("settled", {}, cursor, workspace_.id)); }

// It comes back with the last offset that it has got, and goes on there.
void Listener::on_ended(Subscription::End) { session_.close(); }

void Listener::on_tick() {
  if (is_gone_) return;
  if (refusal_()) return socket_.disconnect();
  if (auto const subscription = subscription_) subscription->keep_fresh();
}

// Nothing of what is being sent is touched: this may come in the middle of that.
void Listener::on_disconnected() {
  is_gone_ = true;
  subscription_.reset();
  listener_.reset();
}

void Listener::acknowledge(std::optional<std::uint64_t> ack, std::string_view error) {
  if (!ack) return;
  if (error.empty()) return socket_.acknowledge(*ack, R"({"status":"ok"})");
  std::string json = R"({"status":"error","message":)";
  append_json_string(json, error);
  socket_.acknowledge(*ack, json + "}");
}

}  // namespace restapi::api::feed::socket_io
