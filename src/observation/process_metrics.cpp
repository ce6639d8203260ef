// SPDX-License-Identifier: MIT
#include "observation/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "base/program_version.hpp"

namespace restapi::observation {
namespace {

/// Numbers of /proc/self/stat by the place that proc(5) gives them; 0 where there is none.
double stat_field(std::size_t place) {
  std::ifstream file("/proc/self/stat");
  std::string text(std::istreambuf_iterator<char>(file), {});
  // The second field is the program's name in parentheses, with anything in it.
  auto const behind_name = text.rfind(')');
  if (behind_name == text.npos) return 0;
  std::istringstream fields(text.substr(behind_name + 1));
  std::string field;
  for (std::size_t at = 3; at < place; ++at) fields >> field;
  double number = 0;
  fields >> number;
  return number;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double number = 0;
    if (word == "btime" && file >> number) return number;
  }
  return 0;
}

double start_time() { return boot_time() + stat_field(22) / static_cast<double>(sysconf(_SC_CLK_TCK)); }

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double open_descriptors() {
  std::error_code error;
  std::filesystem::directory_iterator const all("/proc/self/fd", error);
  // One of them is the folder's own.
  return error ? 0 : static_cast<double>(std::distance(begin(all), end(all)) - 1);
}

double max_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

struct Row {
  Metrics::Kind kind;
  char const* name;
  char const* help;
  double (*read)();
};

constexpr Row rows[] = {
    {Metrics::Kind::counter, "process_cpu_seconds_total", "User and system time", cpu_seconds},
    {Metrics::Kind::gauge, "process_resident_memory_bytes", "Resident memory",
     [] { return stat_field(24) * static_cast<double>(sysconf(_SC_PAGESIZE)); }},
    {Metrics::Kind::gauge, "process_virtual_memory_bytes", "Virtual memory", [] { return stat_field(23); }},
    {Metrics::Kind::gauge, "process_open_fds", "Open file descriptors", open_descriptors},
    {Metrics::Kind::gauge, "process_max_fds", "Limit of open file descriptors", max_descriptors},
    {Metrics::Kind::gauge, "process_start_time_seconds", "Start of the process, since the epoch", start_time},
};

}  // namespace

void add_process_metrics(Metrics& metrics) {
  for (auto const& row : rows) metrics.add(row.kind, row.name, row.help, std::function<double()>(row.read));
  metrics.add(Metrics::Kind::gauge, "restapi_build_info", "1; the labels say what was built", Metrics::Read([] {
                return std::vector<Metrics::Sample>{
                    {{{"version", std::string(program_version())}, {"compiler", __VERSION__}}, 1}};
              }));
}

}  // namespace restapi::observation
