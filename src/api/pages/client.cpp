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

struct Client::Asked {
  http::Target target;
  Format const* format;
  Answer answer;
};

std::optional<Got> Client::get(std::string_view address) const {
  auto const asked = find(address);
  if (!asked) return std::nullopt;
  return Got{data_in(body_of(*asked)), asked->answer.total};
}

std::optional<std::string> Client::text(std::string_view address) const {
  auto const asked = find(address);
  return asked ? std::optional(body_of(*asked)) : std::nullopt;
}

std::optional<nlohmann::json> Client::exported(std::string const& node_address) const {
  auto const got = get(node_address + "/download?download_format=json&download=false");
  if (!got || !got->data.is_object()) return std::nullopt;
  auto const download = got->data.find("download");
  if (download == got->data.end() || !download->is_object()) return std::nullopt;
  auto value = nlohmann::json::parse(download->value("data", ""), nullptr, false);
  return value.is_object() ? std::optional(std::move(value)) : std::nullopt;
}

Result<FilePart> Client::file(std::string_view address, Bytes bytes) const {
  auto asked = ask(address);
  if (!asked) return std::move(asked).error();
  auto const* const file = std::get_if<File>(&asked->answer.content);
  if (file == nullptr || file->object == nullptr) return Error{Code::no_such_object, "this is no file"};
  auto& object = *file->object;
  FilePart part{object.size(), {}};
  if (bytes == Bytes::none) return part;
  constexpr std::uint64_t at_once = std::uint64_t{1} << 20;
  auto left = bytes == Bytes::last && part.size > most_of_file ? part.size - most_of_file : 0;
  while (left > 0) {
    auto const step = std::min(left, at_once);
    auto passed = object.skip(step);
    if (!passed) return std::move(passed).error();
    if (context_.limits != nullptr) context_.limits->worked(step);
    left -= step;
  }
  part.text.resize(std::min<std::uint64_t>(part.size, most_of_file));
  std::size_t filled = 0;
  while (filled < part.text.size()) {
    auto read = object.read(part.text.data() + filled, part.text.size() - filled);
    if (!read) return std::move(read).error();
    if (*read == 0) break;
    filled += *read;
  }
  part.text.resize(filled);
  return part;
}

std::optional<Client::Asked> Client::find(std::string_view address) const {
  auto asked = ask(address);
  if (asked) return *std::move(asked);
  auto const& error = asked.error();
  constexpr int first_fault = 500;
  if (http::error_row(error.code).status >= first_fault && error.code != Code::export_not_possible)
    throw Interrupted{error};
  return std::nullopt;
}

std::string Client::body_of(Asked const& asked) const {
  AnswerLimits none;
  auto response = asked.format->render(asked.answer, asked.target, context_.address,
                                       context_.limits != nullptr ? *context_.limits : none);
  if (!response) throw Interrupted{std::move(response).error()};
  return response->body.text();
}

Result<Client::Asked> Client::ask(std::string_view address) const {
  auto target = http::read_target(address);
  if (!target) return std::move(target).error();
  auto const& api = version_of(versions(), target->path);
  auto const* format = choose_format("", api.formats(), target->path);
  auto prepared = api.prepare({"GET", *target, {}, format}, *surroundings_.catalog, *surroundings_.policy,
                              context_.store.dialect());
  if (auto* error = std::get_if<Error>(&prepared.outcome)) return std::move(*error);
  if (auto* answer = std::get_if<Answer>(&prepared.outcome))
    return Asked{*std::move(target), format, std::move(*answer)};
  auto const* pending = std::get_if<std::unique_ptr<PendingRead>>(&prepared.outcome);
  if (pending == nullptr || (*pending)->streamed() != nullptr)
    return Error{Code::no_such_route, "there is nothing to read at this address"};
  std::optional<Result<store::Rows>> rows;
  if (auto const& first = (*pending)->first()) rows = context_.store.read(*first);
  auto answer =
      (*pending)->read(std::move(rows), {context_.store, context_.totals, context_.version, (*pending)->entities(),
                                         context_.opening, context_.wants_exact_total, context_.gone, *target,
                                         context_.address, context_.files, context_.limits});
  if (!answer) return std::move(answer).error();
  return Asked{*std::move(target), format, *std::move(answer)};
}

}  // namespace restapi::api::pages
