// SPDX-License-Identifier: MIT
/// Graphs in other formats than JSON. Each answer is of a Graph whose projection has the fields of its format.
#pragma once

#include <array>
#include <string_view>

#include "api/answer.hpp"
#include "base/answer_limits.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api::v2 {

/// As DrawnField and ProvField.
inline constexpr std::array<std::string_view, 4> fields_of_drawing{"uuid", "label", "type", "state"};
inline constexpr std::array<std::string_view, 7> fields_of_prov{"uuid",    "label",           "type",          "ctime",
                                                                "user_id", "user.first_name", "user.last_name"};

Result<http::Response> render_dot(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                  AnswerLimits& limits);
Result<http::Response> render_svg(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                  AnswerLimits& limits);
Result<http::Response> render_prov(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                   AnswerLimits& limits);

}  // namespace restapi::api::v2
