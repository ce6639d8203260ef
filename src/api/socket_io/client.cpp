// SPDX-License-Identifier: MIT
#include "api/socket_io/client.hpp"

#include <utility>

#include "base/json_text.hpp"

namespace restapi::api::socket_io {

engine_io::Message event_message(std::string_view name_space, std::string_view data) {
  return engine_io::packet(engine_io::PacketType::message,
                           text_of({PacketType::event, std::string(name_space), {}, "[" + std::string(data) + "]"}));
}

/// A namespace that the client is in, or wants to be.
class Client::Member final : public Socket {
 public:
  Member(Client& client, std::string name_space) : client_(client), name_space_(std::move(name_space)) {}

  std::string const& name_space() const override { return name_space_; }

  void accept(std::string_view sid, std::string_view pid) override {
    if (state_ != State::connecting) return;
    state_ = State::connected;
    if (!std::exchange(client_.has_connected_, true))
      client_.session_.set_deadline(client_.session_.now() + client_.options_.between_ticks);
    std::string data = "{\"sid\":";
    append_json_string(data, sid);
    if (!pid.empty()) append_json_string(data += ",\"pid\":", pid);
    client_.send({PacketType::connect, name_space_, {}, data + "}"});
  }

  void refuse(std::string_view message) override {
    if (state_ != State::connecting) return;
    leave();
    client_.send({PacketType::connect_error, name_space_, {}, message_json(message)});
  }

  void emit(std::string_view data, std::vector<std::string> attachments) override {
    if (state_ != State::connected) return;
    auto const type = attachments.empty() ? PacketType::event : PacketType::binary_event;
    client_.send({type, name_space_, {}, "[" + std::string(data) + "]"}, std::move(attachments));
  }
  void send(engine_io::Message const& event) override {
    if (state_ == State::connected) client_.session_.send(event);
  }
  void acknowledge(std::uint64_t ack, std::string_view arguments, std::vector<std::string> attachments) override {
    if (state_ != State::connected) return;
    auto const type = attachments.empty() ? PacketType::ack : PacketType::binary_ack;
    client_.send({type, name_space_, ack, "[" + std::string(arguments) + "]"}, std::move(attachments));
  }

  void disconnect() override {
    if (state_ != State::connected) return;
    client_.send({PacketType::disconnect, name_space_});
    end();
  }

  std::size_t waiting() const override { return client_.session_.waiting(); }
  engine_io::SessionHandle const& handle() const override { return client_.handle_; }

  // ---- For the client ----

  bool is_connected() const { return state_ == State::connected; }
  void listen(std::unique_ptr<Listener> listener) {
    listener_ = std::move(listener);
    if (state_ == State::gone && std::exchange(is_to_be_told_, false)) listener_->on_disconnected();
  }
  Listener* listener() const { return listener_.get(); }

  /// It has been disconnected.
  void end() {
    if (state_ == State::gone) return;
    leave();
    if (listener_)
      listener_->on_disconnected();
    else
      is_to_be_told_ = true;
  }

 private:
  enum class State { connecting, connected, gone };

  void leave() {
    state_ = State::gone;
    if (auto self = client_.remove(name_space_)) client_.former_.push_back(std::move(self));
  }

  Client& client_;
  std::string const name_space_;
  State state_ = State::connecting;
  std::unique_ptr<Listener> listener_;
  bool is_to_be_told_ = false;  // it has ended before the application gave a listener
};

Client::Client(engine_io::Session& session, engine_io::SessionHandle handle, std::shared_ptr<Application> application,
               ClientOptions const& options)
    : session_(session), handle_(std::move(handle)), application_(std::move(application)), options_(options) {
  session_.set_deadline(session_.now() + options_.connect_timeout);
}

Client::~Client() = default;

std::unique_ptr<Client::Member> Client::remove(std::string const& name_space) {
  auto node = members_.extract(name_space);
  return node ? std::move(node.mapped()) : nullptr;
}

void Client::on_message(engine_io::Kind kind, std::string data) {
  former_.clear();  // not while one of them sends, which may be the end of a poll, and so call on_sent()
  bool const is_attachment = kind == engine_io::Kind::binary;
  if (is_attachment != incomplete_.has_value()) return session_.close();
  if (!is_attachment) {
    auto packet = read_packet(data);
    if (!packet || packet->attachments > options_.max_attachments) return session_.close();
    if (packet->attachments == 0) return handle(*packet, {});
    if (!session_.keep(data.size())) return session_.close();
    incomplete_bytes_ = data.size();
    incomplete_ = std::move(packet);
    return;
  }
  if (incomplete_bytes_ + data.size() > options_.max_packet || !session_.keep(data.size())) return session_.close();
  incomplete_bytes_ += data.size();
  attachments_.push_back(std::move(data));
  if (attachments_.size() < incomplete_->attachments) return;
  session_.give_back(std::exchange(incomplete_bytes_, 0));
  handle(*std::exchange(incomplete_, std::nullopt), std::exchange(attachments_, {}));
}

void Client::handle(Packet const& packet, std::vector<std::string> attachments) {
  auto const found = members_.find(packet.name_space);
  if (packet.type == PacketType::connect && found == members_.end()) return connect(packet);
  if (found == members_.end() || !found->second->is_connected()) return session_.close();
  auto& member = *found->second;
  switch (packet.type) {
    case PacketType::event:
    case PacketType::binary_event: {
      auto [name, arguments] = split(packet.data);
      return member.listener()->on_event({std::move(name), std::string(arguments), std::move(attachments), packet.id});
    }
    case PacketType::disconnect:
      return member.end();
    case PacketType::ack:  // nothing is sent that asks for one
    case PacketType::binary_ack:
      return;
    case PacketType::connect:
    case PacketType::connect_error:
      return session_.close();
  }
}

void Client::connect(Packet const& packet) {
  if (members_.size() >= options_.max_namespaces)
    return send({PacketType::connect_error, packet.name_space, {}, message_json("Too many namespaces")});
  auto& member = *(members_[packet.name_space] = std::make_unique<Member>(*this, packet.name_space));
  auto listener = application_->connect(member, packet.data.empty() ? "{}" : packet.data);
  if (!listener) {
    member.refuse("Invalid namespace");
    return;
  }
  member.listen(std::move(listener));
}

void Client::send(Packet const& packet, std::vector<std::string> attachments) {
  auto with_count = packet;
  with_count.attachments = attachments.size();
  session_.send(engine_io::packet(engine_io::PacketType::message, text_of(with_count)));
  for (auto& bytes : attachments) session_.send(engine_io::binary_packet(std::move(bytes)));
}

void Client::tell_all(void (Listener::*what)()) {
  std::vector<std::string> names;  // members may leave meanwhile
  for (auto const& [name, member] : members_) names.push_back(name);
  for (auto const& name : names)
    if (auto const found = members_.find(name); found != members_.end() && found->second->listener())
      (found->second->listener()->*what)();
}

void Client::on_sent() { tell_all(&Listener::on_sent); }

void Client::on_deadline() {
  former_.clear();
  if (!has_connected_) return session_.close();
  session_.set_deadline(session_.now() + options_.between_ticks);
  tell_all(&Listener::on_tick);
}

void Client::on_closed() {
  while (!members_.empty()) members_.begin()->second->end();
}

}  // namespace restapi::api::socket_io
