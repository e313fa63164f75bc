#include <strata/vm/kernel.hpp>

namespace strata::vm {

Syscall<void> Kernel::emit_event(std::span<const EventEntry> entries) {
    std::vector<EventHeader> headers;
    Bytes keys;
    Bytes values;
    for (const auto& [flags, key, codec, value] : entries) {
        headers.push_back(
            {flags, codec, static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size())});
        append(keys, as_bytes(key));
        append(values, value);
    }
    return emit_packed_event(headers, keys, values);
}

}  // namespace strata::vm
