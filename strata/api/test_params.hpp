#pragma once
// The parameters of a JSON-RPC call, as tests write them.
#include <nlohmann/json.hpp>

#include <strata/api/json.hpp>

namespace strata::api::testing {

/// The parameters of a call. A list of one element stays a list here: nlohmann reads {x} as x.
struct Params {
    Params(std::initializer_list<Json> values) : list(Json::array()) {
        for (const auto& value : values) list.push_back(value);
    }
    Params(Json array) : list(std::move(array)) {}
    Json list;
};

}  // namespace strata::api::testing
