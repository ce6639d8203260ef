// SPDX-License-Identifier: MIT
#include "api/link.hpp"

#include <utility>

#include "api/mailbox.hpp"

namespace restapi::api {

Link::Link() = default;
Link::~Link() = default;

void Link::send(Outgoing outgoing) {
  if (output_.head.empty()) {
    output_ = std::move(outgoing);
  } else {  // rare: an answer behind an interim response that the socket did not take yet
    output_.body = output_.body.text() + outgoing.head + outgoing.body.text();
  }
}

void Link::finish(bool linger) {
  finished_ = true;
  lingers_ = linger;
  clear_deadline();
}

void Link::post(std::weak_ptr<Link> const& link, Reply reply) {
  std::shared_ptr<Mailbox> mailbox;
  if (auto const alive = link.lock()) mailbox = alive->mailbox_;
  if (mailbox) mailbox->put(Delivery{link, std::move(reply)});
}

}  // namespace restapi::api
