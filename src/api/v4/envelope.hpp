// SPDX-License-Identifier: MIT
/// An answer as JSON, with the facts of the request around it.
#pragma once

#include "api/answer.hpp"
#include "base/answer_limits.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api::v4 {

/// {"data":…,"id":…,"method":"GET","path":…,"query_string":…,"resource_type":…,"url":…,"url_root":…}
/// Throws Interrupted; an error where the content cannot be written (api::data_of).
Result<http::Response> render_json(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                   AnswerLimits& limits);

}  // namespace restapi::api::v4
