// SPDX-License-Identifier: MIT
/// What Prometheus collects (https://prometheus.io/docs/instrumenting/exposition_formats/): counted from finished
/// requests, and read from whoever knows a number when it is asked for.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/histogram.hpp"
#include "http/observer.hpp"

namespace restapi::observation {

class Metrics final : public http::Observer {
 public:
  enum class Kind { counter, gauge };

  struct Sample {
    std::vector<std::pair<std::string, std::string>> labels;  ///< name, value
    double value;
  };
  using Read = std::function<std::vector<Sample>()>;

  struct HistogramSample {
    std::vector<std::pair<std::string, std::string>> labels;
    Histogram::Counts counts;
  };
  using ReadHistograms = std::function<std::vector<HistogramSample>()>;

  /// `routes`: every value of Trace::route but the empty one, as literals. A route that is not among them counts as
  /// "none", as the empty one does: what clients write makes no new time series. `profiles`: the same for
  /// Trace::profile, but requests of others are not counted.
  Metrics(std::span<std::string_view const> routes, std::span<std::string const> profiles);
  ~Metrics() override;

  /// Any thread; some 100 ns, with a lock for each route that is held for a few additions.
  void on_finished(http::Finished const& finished) override;

  /// A number that somebody else keeps, read at each text(); without samples there is not even its name. Names of
  /// counters end in `_total`, units are seconds and bytes. Requires: called before the first text(); `read` may be
  /// called on any thread until the metrics end, several times at once.
  void add(Kind kind, std::string name, std::string help, Read read);
  void add(Kind kind, std::string name, std::string help, std::function<double()> read);
  void add(std::string name, std::string help, ReadHistograms read);

  /// The exposition, "text/plain; version=0.0.4". Any thread.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restapi::observation
