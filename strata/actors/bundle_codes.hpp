#pragma once
// The CIDs of the official bundles as text. Only bundle.cpp uses it.
#include <array>
#include <span>
#include <string_view>

#include <strata/actors/bundle.hpp>

namespace strata::actors {

struct BundleCodes {
    ActorBundle name;
    ActorsVersion version;
    std::string_view root;
    std::array<std::string_view, 16> codes;  // in the order of vm::ActorType
};

/// Returns all bundles that this program knows, by name and then by version.
std::span<const BundleCodes> bundle_codes();

}  // namespace strata::actors
