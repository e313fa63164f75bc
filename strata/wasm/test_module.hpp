#pragma once
// Puts small modules together for tests, section by section.
#include <initializer_list>

#include <strata/base/hex.hpp>
#include <strata/base/varint.hpp>
#include <strata/wasm/module.hpp>

namespace strata::wasm {

inline Bytes hex(std::string_view digits) {
    std::string text(digits);
    std::erase(text, ' ');
    return from_hex(text).value();
}

/// A section with `entries`, each in hexadecimal.
inline Bytes section(SectionId id, std::initializer_list<std::string_view> entries) {
    Bytes content = uvarint(entries.size());
    for (const auto entry : entries) append(content, hex(entry));
    Bytes out{static_cast<std::uint8_t>(id)};
    put_uvarint(out, content.size());
    append(out, content);
    return out;
}
/// A function body without its size: locals and code, in hexadecimal.
inline Bytes code_section(std::initializer_list<std::string_view> bodies) {
    Bytes content = uvarint(bodies.size());
    for (const auto body : bodies) {
        const Bytes bytes = hex(body);
        put_uvarint(content, bytes.size());
        append(content, bytes);
    }
    Bytes out{static_cast<std::uint8_t>(SectionId::code)};
    put_uvarint(out, content.size());
    append(out, content);
    return out;
}
inline Bytes module_of(std::initializer_list<Bytes> sections) {
    Bytes out = hex("0061736d01000000");
    for (const Bytes& s : sections) append(out, s);
    return out;
}
/// A module with one function () -> () of this code, which is exported as `f`, and a memory of one page.
inline Bytes module_with(std::string_view code) {
    const std::string body = "00 " + std::string(code);
    return module_of({section(SectionId::type, {"600000"}), section(SectionId::function, {"00"}),
                      section(SectionId::memory, {"0001"}), section(SectionId::export_, {"01660000"}),
                      code_section({body})});
}
/// The code section of a module, without its head: for tests that look at the code alone.
inline Bytes code_of(BytesView module) {
    BytesView rest = module.subspan(8);
    while (!rest.empty()) {
        const auto id = static_cast<SectionId>(rest[0]);
        rest = rest.subspan(1);
        const auto size = take_number(rest);
        if (id == SectionId::code) return to_bytes(rest.first(size));
        rest = rest.subspan(size);
    }
    return {};
}

inline constexpr Generation kGenerations[] = {Generation::two, Generation::three, Generation::four};

}  // namespace strata::wasm
