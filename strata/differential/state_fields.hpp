#pragma once
// Names the fields of actors' states, so that a difference can be shown with its place. It knows no types: a state that
// an implementation got wrong must still be shown. Source: docs/protocol/fvm.md §8; the layouts in actors/*/state.hpp.
#include <span>
#include <string_view>

#include <strata/vm/kernel.hpp>

namespace strata::differential {

struct Field {
    /// The thing that a link in this field leads to. `word_map` is a KAMT, as the EVM's storage.
    enum class Holds : std::uint8_t { plain, block, map, map_of_maps, map_of_arrays, array, word_map };
    enum class Key : std::uint8_t { bytes, address, number, epoch };

    std::string_view name;
    Holds holds = Holds::plain;
    unsigned width = 5;  // bits of a map or an array; for map_of_arrays those of the map
    Key key = Key::bytes;
    std::span<const Field> inside{};  // fields of the block, of a map's values, or of a tuple
    unsigned inner_width = 5;         // of the inner maps or arrays
};

/// The fields of an actor's state; empty for a type that has none.
std::span<const Field> state_fields(vm::ActorType type);

}  // namespace strata::differential
