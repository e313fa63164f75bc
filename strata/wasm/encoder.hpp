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

/// Copies code in long runs and writes something else in between. Offsets must not go down.
class CodeCopier {
  public:
    CodeCopier(Bytes& to, BytesView code, Dialect dialect) : to_(to), code_(code), dialect_(dialect) {}
    /// Copies everything in front of `offset` and returns the bytes that the caller may write to.
    Bytes& before(std::size_t offset) {
        to_.insert(to_.end(), code_.begin() + static_cast<std::ptrdiff_t>(copied_),
                   code_.begin() + static_cast<std::ptrdiff_t>(offset));
        copied_ = offset;
        return to_;
    }
    /// Returns the operator at `offset`, where one begins.
    Operator at(std::size_t offset) const {
        Operator op;
        OperatorReader(code_.subspan(offset), dialect_).next(op);
        return op;
    }
    /// Like before(), but the operator at `offset` itself is left out.
    Bytes& instead_of(std::size_t offset, const Operator& op) {
        before(offset);
        copied_ += op.bytes.size();
        return to_;
    }
    void finish() { before(code_.size()); }

  private:
    Bytes& to_;
    BytesView code_;
    Dialect dialect_;
    std::size_t copied_ = 0;
};

/// New content of sections; where there is none, the module's own stays.
using Replacements = std::array<std::optional<Bytes>, kSectionIds>;

/// The pass that writes a module: the reference's two passes leave sections in different places.
enum class Pass : std::uint8_t { stack_limiter, gas_metering };

/// Writes the module with its replacements, in the form of the crate of that generation (docs/protocol/fvm.md §6.6):
/// generations 3 and 4 copy sections that are not replaced, keep one custom section and put it in front; generation 2
/// writes everything anew without empty sections and puts custom sections at the end.
Bytes assemble(const Module& module, const Replacements& replaced, Generation generation, Pass pass);

/// Returns the content of the section of types with `added` behind the others.
Bytes types_with(const Module& module, const FunctionType& added);

}  // namespace strata::wasm
