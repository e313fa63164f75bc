#pragma once
// Writes modules. Every number is written in its shortest form, as wasm-encoder 0.20 and parity-wasm 0.42 do, also
// where the input had a longer one. Source: WebAssembly core specification 2.0, "Binary format".
#include <array>

#include <strata/base/varint.hpp>
#include <strata/wasm/module.hpp>

namespace strata::wasm {

void put_signed(Bytes& to, std::int64_t value);
void put_op(Bytes& to, Op op);
void put_op(Bytes& to, Op op, std::uint32_t index);
void put_const(Bytes& to, Op op, std::int64_t value);
/// Writes an operator that a reader of the same dialect has read.
void put_operator(Bytes& to, const Operator& op, Dialect dialect);
void put_section(Bytes& to, SectionId id, BytesView content);
/// Writes the local variables of a function, and a further one if there is `added`.
void put_locals(Bytes& to, const FunctionBody& body, std::optional<ValueType> added = std::nullopt);
void put_import(Bytes& to, const Import& import);
void put_export(Bytes& to, const Export& entry);
void put_global(Bytes& to, const Global& global);
/// Writes a segment without items of its own; the number of items follows. Generation 2 writes plain segments, the
/// others always name the table.
void put_element_head(Bytes& to, const ElementSegment& segment, Generation generation);

/// Copies code in long runs and writes something else in between.
class CodeCopier {
  public:
    CodeCopier(Bytes& to, BytesView code, Dialect dialect) : to_(to), dialect_(dialect), copied_(code.data()) {}
    /// Copies everything in front of `op` and returns the bytes that the caller may write to before it.
    Bytes& before(const Operator& op) {
        to_.insert(to_.end(), copied_, op.bytes.data());
        copied_ = op.bytes.data();
        return to_;
    }
    /// Like before(), but `op` itself is left out.
    Bytes& instead_of(const Operator& op) {
        before(op);
        copied_ += op.bytes.size();
        return to_;
    }
    /// Must be called for an operator that is kept: its numbers may have to become shorter.
    void keep(const Operator& op) {
        if (!op.shortest) [[unlikely]]
            put_operator(instead_of(op), op, dialect_);
    }
    void finish(BytesView code) { to_.insert(to_.end(), copied_, code.data() + code.size()); }

  private:
    Bytes& to_;
    Dialect dialect_;
    const std::uint8_t* copied_;
};

/// New content of sections; where there is none, the module's own stays.
using Replacements = std::array<std::optional<Bytes>, kSectionIds>;

/// Which pass writes a module: the reference's passes leave sections in different places.
enum class Pass : std::uint8_t { stack_limiter, gas_metering };

/// Writes the module with its replacements, in the form of the crate of that generation (README.md): generations 3 and
/// 4 copy sections that are not replaced, keep one custom section and put it in front; generation 2 writes everything
/// anew without empty sections and puts custom sections at the end.
Bytes assemble(const Module& module, const Replacements& replaced, Generation generation, Pass pass);

/// Returns the content of the section of types with `added` behind the others.
Bytes types_with(const Module& module, const FunctionType& added);

}  // namespace strata::wasm
