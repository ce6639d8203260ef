// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/door.hpp"

#include <utility>

#include "api/feed/socket_io/listener.hpp"
#include "api/socket_io/client.hpp"

namespace restapi::api::feed::socket_io {
namespace {

using Refusal = std::function<std::optional<Error>(std::string const& token)>;

/// What the sessions of a door have in common.
struct Common {
  std::shared_ptr<Feed> feed;
  std::string profile;
  api::socket_io::ClientOptions client = {};
};

/// For one session.
class Application final : public api::socket_io::Application {
 public:
  Application(engine_io::Session& session, std::shared_ptr<Common const> common, std::uint64_t client,
              Refusal refusal_of)
      : session_(session), common_(std::move(common)), client_(client), refusal_of_(std::move(refusal_of)) {}

  std::unique_ptr<api::socket_io::Listener> connect(api::socket_io::Socket& socket, std::string_view json) override {
    if (socket.name_space() != "/events" && socket.name_space() != "/" + common_->profile + "/events") return nullptr;
    auto const auth = read_auth(json);
    if (auto const error = refusal_of_(auth.token)) {
      socket.refuse(error->message);
      return nullptr;
    }
    // Where none is asked for, whatever a client calls its token is not kept.
    auto token = refusal_of_({}) ? auth.token : std::string();
    auto listener =
        std::make_unique<Listener>(socket, session_, common_->feed, common_->profile, client_,
                                   [refusal_of = refusal_of_, token = std::move(token)] { return refusal_of(token); });
    listener->connect(auth);
    return listener;
  }

 private:
  engine_io::Session& session_;
  std::shared_ptr<Common const> const common_;
  std::uint64_t const client_;
  Refusal const refusal_of_;
};

class SocketIoDoor final : public Door {
 public:
  SocketIoDoor(std::shared_ptr<Feed> feed, std::string profile)
      : common_(std::make_shared<Common const>(Common{std::move(feed), std::move(profile)})),
        server_({.session = {.ping_interval = common_->feed->options().ping_interval},
                 .max_sessions = common_->feed->options().max_listeners}) {}

  std::string_view path() const override { return "/socket.io/"; }
  std::string_view name() const override { return name_of(Way::socket_io); }
  std::string_view methods() const override { return "GET, OPTIONS, POST"; }
  std::size_t body_limit() const override { return engine_io::Settings().max_payload; }
  bool admits_itself() const override { return true; }

  http::Attempt attempt(DoorQuestion question) override {
    auto factory = [common = common_, client = question.request.client, refusal_of = std::move(question.refusal_of)](
                       engine_io::Session& session, engine_io::SessionHandle handle) {
      return std::make_unique<api::socket_io::Client>(
          session, std::move(handle), std::make_shared<Application>(session, common, client, refusal_of),
          common->client);
    };
    return server_.attempt(question.request, question.finish, std::move(factory), question.is_allowed_origin);
  }

  // In this order: sessions end while the feed still answers what they have asked.
  void stop() override {
    server_.stop();
    common_->feed->stop();
  }

 private:
  std::shared_ptr<Common const> const common_;
  engine_io::Server server_;
};

}  // namespace

std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed, std::string profile) {
  return std::make_unique<SocketIoDoor>(std::move(feed), std::move(profile));
}

}  // namespace restapi::api::feed::socket_io
