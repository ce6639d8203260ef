// SPDX-License-Identifier: MIT
/// What a drawing of a graph shows, in any format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/answer.hpp"

namespace restapi::api {

/// The fields of a node that are drawn. The projection of the graph begins with them, in this order, whatever a version
/// of the API calls them.
enum DrawnField : std::size_t { drawn_uuid, drawn_label, drawn_type, drawn_state };

/// How nodes of a kind look, as the community of AiiDA draws them: data round, processes with corners.
struct NodeLook {
  bool is_round;
  std::string_view fill;  ///< "#8cd499"
};

NodeLook const& look_of(std::string_view type);

/// Of a link, as of its type.
struct LinkLook {
  bool is_dashed;  ///< a call: no data go along it
  bool is_dotted;  ///< a workflow hands on what something else has made
};

LinkLook const& look_of_link(std::string_view type);

struct Drawing {
  struct Node {
    std::int64_t pk, level;
    std::string title, detail;  ///< one line each: "silicon", "StructureData (12)"
    std::string url;
    NodeLook const* look;
  };
  struct Link {
    std::int64_t input, output;  ///< pk of nodes
    std::string label;
    LinkLook const* look;
  };
  struct More {
    std::int64_t level;
    std::string title;  ///< "+123 more"
    std::string url;    ///< of all of them, as a list; empty: there is none
  };
  std::vector<Node> nodes;
  std::vector<Link> links;
  std::vector<More> more;  ///< levels of which not all nodes are drawn
};

/// `nodes_url`: the URL of a node without its uuid.
Drawing drawing_of(Graph const& graph, std::string const& nodes_url);

}  // namespace restapi::api
