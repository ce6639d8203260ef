/// From a route and a query to an answer: parse, plan, compile, read, in that order, for every endpoint.
#pragma once

#include "api/public_address.hpp"
#include "api/target.hpp"
#include "api/v2/envelope.hpp"
#include "api/v2/routes.hpp"
#include "base/result.hpp"
#include "query/request.hpp"
#include "store/store.hpp"

namespace restapi::api::v2 {

/// What an answer needs to know beside the route. References outlive the call.
struct Context {
  store::Store& store;
  query::Policy const& policy;
  Target const& target;
  PublicAddress const& address;
};

Result<Answered> answer(Found const& found, Context const& context);

}  // namespace restapi::api::v2
