// SPDX-License-Identifier: MIT
/// Names for what a query has many of: of literals, as all text of statements.
#pragma once

#include <array>

#include "query/builder/plan.hpp"
#include "sql/fragment.hpp"

namespace restapi::sql::builder {

/// Vertices, the edges that lead to them, and the walks that edges go along.
inline constexpr std::array<Fragment, query::builder::max_vertices> vertex_names{
    "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15"};
inline constexpr std::array<Fragment, query::builder::max_vertices> edge_names{
    "e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8", "e9", "e10", "e11", "e12", "e13", "e14", "e15"};
inline constexpr std::array<Fragment, query::builder::max_vertices> walk_names{
    "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10", "w11", "w12", "w13", "w14", "w15"};

/// Columns of one of them that are shown, and columns of any that rows are ordered by.
inline constexpr std::array<Fragment, query::builder::max_columns> output_names{
    "c0",  "c1",  "c2",  "c3",  "c4",  "c5",  "c6",  "c7",  "c8",  "c9",  "c10", "c11", "c12", "c13", "c14", "c15",
    "c16", "c17", "c18", "c19", "c20", "c21", "c22", "c23", "c24", "c25", "c26", "c27", "c28", "c29", "c30", "c31",
    "c32", "c33", "c34", "c35", "c36", "c37", "c38", "c39", "c40", "c41", "c42", "c43", "c44", "c45", "c46", "c47",
    "c48", "c49", "c50", "c51", "c52", "c53", "c54", "c55", "c56", "c57", "c58", "c59", "c60", "c61", "c62", "c63"};
inline constexpr std::array<Fragment, query::builder::max_columns> order_names{
    "o0",  "o1",  "o2",  "o3",  "o4",  "o5",  "o6",  "o7",  "o8",  "o9",  "o10", "o11", "o12", "o13", "o14", "o15",
    "o16", "o17", "o18", "o19", "o20", "o21", "o22", "o23", "o24", "o25", "o26", "o27", "o28", "o29", "o30", "o31",
    "o32", "o33", "o34", "o35", "o36", "o37", "o38", "o39", "o40", "o41", "o42", "o43", "o44", "o45", "o46", "o47",
    "o48", "o49", "o50", "o51", "o52", "o53", "o54", "o55", "o56", "o57", "o58", "o59", "o60", "o61", "o62", "o63"};

}  // namespace restapi::sql::builder
