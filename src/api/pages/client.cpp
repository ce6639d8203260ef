// SPDX-License-Identifier: MIT
#include "api/pages/client.hpp"

#include <algorithm>
#include <utility>

#include "api/versions.hpp"
#include "http/error_catalogue.hpp"

namespace restapi::api::pages {

Format const& json_of(ApiVersion const& api) {
  auto const formats = api.formats();
  return *std::ranges::find_if(formats, &Format::is_default);
}

nlohmann::json data_in(std::string const& body) {
  if (body.size() > largest_shown) return nullptr;
  auto whole = nlohmann::json::parse(body, nullptr, false);
  if (!whole.is_object()) return nullptr;
  auto const data = whole.find("data");
  return data == whole.end() ? std::move(whole) : std::move(*data);
}

std::optional<Got> Client::get(std::string_view address) const {
  auto const read = find(address);
  if (!read) return std::nullopt;
  return Got{data_in(read->response.body.text()), read->total};
}

std::optional<std::string> Client::text(std::string_view address) const {
  auto const read = find(address);
  return read ? std::optional(read->response.body.text()) : std::nullopt;
}

std::optional<Client::Read> Client::find(std::string_view address) const {
  auto read = this->read(address);
  if (read) return *std::move(read);
  auto const& error = read.error();
  constexpr int first_fault = 500;
  if (http::error_row(error.code).status >= first_fault && error.code != Code::export_not_possible)
    throw Interrupted{error};
  return std::nullopt;
}

Result<Client::Read> Client::read(std::string_view address) const {
  auto target = http::read_target(address);
  if (!target) return std::move(target).error();
  auto const& api = version_of(versions(), target->path);
  auto const* format = choose_format("", api.formats(), target->path);
  auto prepared = api.prepare({"GET", *target, {}, format}, *surroundings_.catalog, *surroundings_.policy,
                              context_.store.dialect());
  AnswerLimits none;
  auto& limits = context_.limits != nullptr ? *context_.limits : none;
  auto const written = [&](Answer const& answer) -> Result<Read> {
    auto response = format->render(answer, *target, context_.address, limits);
    if (!response) return std::move(response).error();
    return Read{*std::move(response), answer.total};
  };
  if (auto* error = std::get_if<Error>(&prepared.outcome)) return std::move(*error);
  if (auto const* answer = std::get_if<Answer>(&prepared.outcome)) return written(*answer);
  auto const* pending = std::get_if<std::unique_ptr<PendingRead>>(&prepared.outcome);
  if (pending == nullptr || (*pending)->streamed() != nullptr || (*pending)->gives_file())
    return Error{Code::no_such_route, "there is nothing to read at this address"};
  std::optional<Result<store::Rows>> rows;
  if (auto const& first = (*pending)->first()) rows = context_.store.read(*first);
  auto answer =
      (*pending)->read(std::move(rows), {context_.store, context_.totals, context_.version, (*pending)->entities(),
                                         context_.opening, context_.wants_exact_total, context_.gone, *target,
                                         context_.address, context_.files, context_.limits});
  if (!answer) return std::move(answer).error();
  return written(*answer);
}

}  // namespace restapi::api::pages
