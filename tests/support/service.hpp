// SPDX-License-Identifier: MIT
/// A service of one store, asked in process.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "api/service.hpp"
#include "store/lazy_store.hpp"

namespace restapi::test {

/// The answer, however long it takes.
inline http::Response answer(http::Application& application, http::Request const& request) {
  http::Batch alone;
  auto attempted = application.attempt(request, alone, false);
  if (auto* reply = std::get_if<http::Reply>(&attempted)) return *reply->response;
  return *std::get<std::unique_ptr<http::Work>>(attempted)->run().response;
}

inline http::Response answer(http::Application& application, std::string_view method, std::string_view target) {
  return answer(application, http::Request{std::string(method), std::string(target), {}, {}});
}

/// Of a store that is open already, and must outlive it.
class Service final : public http::Application {
 public:
  Service(store::Store& store, api::ServiceOptions options) : Service(borrowed(store), std::move(options)) {}

  http::Response answer(http::Request const& request) { return test::answer(service_, request); }
  http::Response answer(std::string_view method, std::string_view target) {
    return test::answer(service_, method, target);
  }
  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override {
    return service_.attempt(request, batch, may_wait);
  }
  http::Reply refuse(Error const& error) override { return service_.refuse(error); }

 private:
  Service(std::shared_ptr<store::Store> const& store, api::ServiceOptions options)
      : lazy_(
            "", [store] { return Result(store); }, store),
        service_(lazy_, std::move(options)) {}

  static std::shared_ptr<store::Store> borrowed(store::Store& store) {
    return {&store, [](store::Store*) {}};
  }

  store::LazyStore lazy_;
  api::Service service_;
};

}  // namespace restapi::test
