// SPDX-License-Identifier: MIT
#include "api/pages/version.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/pages/client.hpp"
#include "api/pages/error_page.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/query_text.hpp"
#include "api/pages/values.hpp"
#include "api/response_of.hpp"

namespace restapi::api::pages {
namespace {

std::string path_and_query(std::string_view path, std::string_view query) {
  return std::string(path) + (query.empty() ? "" : "?") + std::string(query);
}

/// The list with a limit, where it says none: its pages would be long otherwise. Nothing: it says one.
std::optional<http::Target> limited(http::Target const& target) {
  auto const clauses = clauses_of(target.decoded_query);
  bool const is_limited = std::ranges::any_of(
      clauses, [](auto const& clause) { return key_of(clause) == "limit" || key_of(clause) == "perpage"; });
  if (is_limited) return std::nullopt;
  bool const has_page = std::ranges::find(target.segments, "page") != target.segments.end();
  auto const size = (has_page ? "perpage=" : "limit=") + std::to_string(usual_size);
  auto amended =
      http::read_target(path_and_query(target.path, target.query + (target.query.empty() ? "" : "&") + size));
  return amended ? std::optional(*std::move(amended)) : std::nullopt;
}

Answer page_answer(Part const& part, Answer const& of, std::string const& root, http::Target const& target,
                   http::PublicAddress const& address) {
  Answer answer{Page{framed(part, root, target, address)}, of.resource_type};
  answer.pk = of.pk;
  answer.total = of.total;
  answer.total_age = of.total_age;
  answer.is_total_estimated = of.is_total_estimated;
  answer.link = of.link;
  answer.hint = of.hint;
  answer.status = of.status;
  return answer;
}

/// What is stored otherwise than AiiDA stores it is shown as a tree.
Part made_of(Kind const& kind, Shown const& shown) {
  try {
    return kind.make(shown);
  } catch (nlohmann::json::exception const&) {
    return document_page(shown);
  }
}

/// Everything: a page asks its neighbours, too.
model::EntitySet all_entities() { return model::EntitySet().set(); }

/// A page is read as its answer is, and then its neighbours.
class PendingPage final : public PendingRead {
 public:
  struct Planned {
    ApiVersion const& version;
    Kind const& kind;
    http::Target target;
    Surroundings surroundings;
    std::optional<FileAsked> file;  ///< of the object, instead of it
    bool is_live;
  };

  PendingPage(Planned planned, std::unique_ptr<PendingRead> inner)
      : PendingRead(inner->first(), planned.kind.is_list ? inner->entities() : all_entities()),
        planned_(std::move(planned)),
        inner_(std::move(inner)) {}

  /// Of what needs no reading itself.
  PendingPage(Planned planned, Answer answer)
      : PendingRead(std::nullopt, all_entities()), planned_(std::move(planned)), known_(std::move(answer)) {}

  bool has_aged_total(Totals const& totals, sql::Dialect const& dialect, std::string_view opening) const override {
    return inner_ != nullptr && inner_->has_aged_total(totals, dialect, opening);
  }

  Result<Answer> read(std::optional<Result<store::Rows>> rows, ReadContext const& context) const override {
    ReadContext const own{
        context.store, context.totals,  context.version, entities(),    context.opening, context.wants_exact_total,
        context.gone,  planned_.target, context.address, context.files, context.limits};
    if (inner_ == nullptr) return shown(*known_, own);
    auto answer = inner_->read(std::move(rows), own);
    if (!answer) return answer;
    return shown(*answer, own);
  }

 private:
  Result<Answer> shown(Answer const& answer, ReadContext const& context) const {
    AnswerLimits none;
    auto const& [version, kind, target, surroundings, file, is_live] = planned_;
    auto said = json_of(version).render(answer, target, context.address, context.limits ? *context.limits : none);
    if (!said) return std::move(said).error();
    Client const client(context, surroundings);
    auto const root = root_of(context.address);
    Shown const shown{data_in(said->body.text()), answer, target, context.address, client, root};
    auto made = file ? file_page(shown, text_in(first_of(shown.data), "uuid"), *file)
                     : Result<Part>(said->body.size() > largest_shown ? too_large_page(said->body.size())
                                                                      : made_of(kind, shown));
    if (!made) return std::move(made).error();
    auto part = *std::move(made);
    constexpr int first_error = 400;
    part.is_error = answer.status >= first_error;
    part.is_live =
        is_live && (kind.is_list || kind.route == "/" || kind.route == "nodes/statistics" || !part.about.empty());
    return page_answer(part, answer, root, target, context.address);
  }

  Planned const planned_;
  std::unique_ptr<PendingRead> const inner_;
  std::optional<Answer> const known_;
};

/// Sends a browser on to the address that a form means.
class Sending final : public PendingRead {
 public:
  Sending(Form form, http::Target target, Surroundings surroundings)
      : PendingRead(std::nullopt, all_entities()),
        form_(std::move(form)),
        target_(std::move(target)),
        surroundings_(surroundings) {}

  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const& context) const override {
    Client const client(context, surroundings_);
    Answer answer{
        Page{"", root_of(context.address) + (form_.search.empty() ? filtered(client) : found(client)).substr(1)}, ""};
    constexpr int see_other = 303;
    answer.status = see_other;
    return answer;
  }

 private:
  /// Whether the key has texts, so that "123" is one.
  bool is_text(Client const& client) const {
    auto const& segments = target_.segments;
    auto const schema = client.get("/api/v2/" + (segments.size() > 2 ? segments[2] : "nodes") + "/schema");
    if (!schema || !schema->data.is_object()) return false;
    auto const fields = schema->data.value("fields", nlohmann::json::object());
    return fields.value(form_.key, nlohmann::json::object()).value("type", "") == "str";
  }

  std::string filtered(Client const& client) const {
    auto clauses = without(without(clauses_of(form_.query), "offset"), "after");
    if (!form_.key.empty() && !form_.value.empty()) {
      bool const is_pattern = form_.op == "=ilike=";
      auto const value = is_pattern ? containing(form_.value) : form_.value;
      bool const is_quoted = value.size() > 1 && value.starts_with('"') && value.ends_with('"');
      clauses.push_back(form_.key + form_.op + (is_text(client) && !is_quoted ? in_quotes(value) : written(value)));
    }
    return target_.path + query_of(clauses);
  }

  // The start of a uuid, a pk, or a part of a label.
  std::string found(Client const& client) const {
    std::string const nodes = "/api/v2/nodes";
    auto const& text = form_.search;
    bool const is_number = text.find_first_not_of("0123456789") == text.npos;
    if (is_number && text.size() < 10) {
      auto const by_pk = client.get(nodes + "?id=" + text);
      if (by_pk && by_pk->data.is_object() && !by_pk->data["nodes"].empty())
        return nodes + "/" + by_pk->data["nodes"][0].value("uuid", "");
    }
    constexpr std::size_t shortest = 4, longest = 36;
    bool const is_start = text.size() >= shortest && text.size() <= longest &&
                          text.find_first_not_of("0123456789abcdefABCDEF-") == text.npos;
    if (is_start) {
      auto const clause = "uuid=startswith=" + written(text);
      auto const matching = client.get(nodes + query_of({clause, "limit=2"}));
      auto const found = matching && matching->data.is_object() ? matching->data.value("nodes", nlohmann::json::array())
                                                                : nlohmann::json::array();
      if (found.size() == 1) return nodes + "/" + found[0].value("uuid", "");
      if (!found.empty()) return nodes + query_of({clause});
    }
    return nodes + query_of({"label=ilike=" + written(containing(text))});
  }

  Form const form_;
  http::Target const target_;
  Surroundings const surroundings_;
};

}  // namespace

PagedVersion::PagedVersion(ApiVersion const& version, Render render_page, bool is_live)
    : version_(version), formats_(version.formats().begin(), version.formats().end()), is_live_(is_live) {
  for (auto& format : formats_) {
    if (!format.is_indented) continue;
    format.name = "a page";
    format.media_type = "text/html; charset=utf-8";
    format.render = render_page;
    format.render_error = error_page;
    format.is_page = true;
  }
}

Prepared PagedVersion::prepare(Question const& question, model::Catalog const& catalog, query::Policy const& policy,
                               sql::Dialect const& dialect) const {
  if (question.format == nullptr || !question.format->is_page)
    return version_.prepare(question, catalog, policy, dialect);
  Surroundings const surroundings{&catalog, &policy};
  auto target = question.target;
  // A slash at the end means the same, and links are relative to what is before it.
  if (target.path.size() > 1 && target.path.ends_with('/'))
    target =
        *http::read_target(path_and_query(target.path.substr(0, target.path.find_last_not_of('/') + 1), target.query));
  // The start of the profile is that of the first version.
  if (target.segments.empty()) target = *http::read_target(path_and_query(prefix(), target.query));
  auto const ask = [&] { return version_.prepare({"GET", target, {}, nullptr}, catalog, policy, dialect); };
  if (auto form = form_of(target.query)) {
    auto const route = ask().route;
    return {route, std::make_unique<Sending>(*std::move(form), std::move(target), surroundings)};
  }
  auto file = file_asked(target.query);
  auto const sent = target;
  if (file) target = *http::read_target(target.path);
  auto prepared = ask();
  auto const& kind = kind_of(prefix(), prepared.route);
  if (file && kind.make != object_page) {
    file.reset();
    target = sent;
    prepared = ask();
  }
  if (kind.is_list && std::holds_alternative<std::unique_ptr<PendingRead>>(prepared.outcome)) {
    if (auto amended = limited(target)) {
      target = *std::move(amended);
      prepared = ask();
    }
  }
  PendingPage::Planned planned{version_, kind, std::move(target), surroundings, std::move(file), is_live_};
  if (auto* answer = std::get_if<Answer>(&prepared.outcome)) {
    prepared.outcome = std::make_unique<PendingPage>(std::move(planned), std::move(*answer));
  } else if (auto* pending = std::get_if<std::unique_ptr<PendingRead>>(&prepared.outcome)) {
    if (!(*pending)->gives_file())
      prepared.outcome = std::make_unique<PendingPage>(std::move(planned), std::move(*pending));
  }
  return prepared;
}

Result<http::Response> write(ApiVersion const& version, Answer const& answer, http::Target const& target,
                             http::PublicAddress const& address, AnswerLimits& limits) {
  auto const* const page = std::get_if<Page>(&answer.content);
  if (page == nullptr && answer.resource_type != "profiles")
    return json_of(version).render(answer, target, address, limits);
  if (page == nullptr) {
    auto const data = nlohmann::json::parse(std::get<Json>(answer.content).text, nullptr, false);
    auto const root = root_of(address);
    return response_of(answer, "text/html; charset=utf-8", framed(profiles_page(data, root), root, target, address));
  }
  auto response = response_of(answer, "text/html; charset=utf-8", page->html);
  if (!page->location.empty()) response.headers.add("Location", page->location);
  return response;
}

}  // namespace restapi::api::pages
