#pragma once
// The two systems over which a circuit's description runs. Gadgets are templates over `Cs`, so that one description
// serves both: ShapeSystem hands out variables and passes rows on, without values; WitnessSystem fills in values,
// without rows.
#include <initializer_list>

#include <strata/proofs/circuit/coefficients.hpp>

namespace strata::proofs {

/// Takes the rows of a circuit one by one. The spans are valid until the call returns.
class RowSink {
  public:
    virtual ~RowSink() = default;
    virtual void row(const Coefficients& coefficients, Terms a, Terms b, Terms c) = 0;
    /// Is called between the parts of a circuit. False leaves out the parts that follow.
    virtual bool wants_more() const { return true; }
};

/// Returns values[i] for a witness, and a default value for a shape, where `values` is empty.
template <class Cs, class T>
const T& value_or_blank(const std::vector<T>& values, std::size_t i) {
    static const T blank{};
    if constexpr (Cs::kHasRows) {
        return blank;
    } else {
        return values[i];
    }
}

/// Collects rows and counts of a blank circuit.
class ShapeSystem {
  public:
    static constexpr bool kHasRows = true;
    /// Without a sink it only counts.
    explicit ShapeSystem(RowSink* sink = nullptr) : sink_(sink) {}

    /// Ignores the argument; only WitnessSystem computes values.
    template <class Value>
    Variable alloc(Value&&) {
        return Variable::aux(static_cast<std::uint32_t>(counts_.aux++));
    }
    template <class Value>
    Variable alloc_input(Value&&) {
        return Variable::input(static_cast<std::uint32_t>(counts_.inputs++));
    }
    /// Adds the row (a)·(b) = (c). Terms may come in any order; repeated variables are merged.
    void enforce(Terms a, Terms b, Terms c) {
        if (sink_ != nullptr) {
            a_.assign(a.begin(), a.end());
            b_.assign(b.begin(), b.end());
            c_.assign(c.begin(), c.end());
            normalise(a_, coefficients_);
            normalise(b_, coefficients_);
            normalise(c_, coefficients_);
            sink_->row(coefficients_, a_, b_, c_);
        }
        ++counts_.rows;
    }
    void enforce(std::initializer_list<Term> a, std::initializer_list<Term> b, std::initializer_list<Term> c) {
        enforce(Terms(a.begin(), a.size()), Terms(b.begin(), b.size()), Terms(c.begin(), c.size()));
    }
    /// Adds a row whose terms are sorted and merged already.
    void enforce_sorted(Terms a, Terms b, Terms c) {
        if (sink_ != nullptr) sink_->row(coefficients_, a, b, c);
        ++counts_.rows;
    }
    /// Is never called, but gadgets must compile for both systems.
    const crypto::Fr& value(Variable) const { return coefficients_[kPlus]; }
    bool wants_rows() const { return sink_ != nullptr; }
    bool wants_more() const { return sink_ == nullptr || sink_->wants_more(); }
    Coefficients& coefficients() { return coefficients_; }
    const Counts& counts() const { return counts_; }

  private:
    RowSink* sink_;
    Counts counts_;
    Coefficients coefficients_;
    std::vector<Term> a_, b_, c_;
};

/// Writes the values of a circuit into arrays that the caller made with the counts of the shape. Several threads can
/// fill parts of one circuit, each with a system that starts where its part does.
class WitnessSystem {
  public:
    static constexpr bool kHasRows = false;
    WitnessSystem(std::span<crypto::Fr> inputs, std::span<crypto::Fr> aux, Counts start = {})
        : inputs_(inputs), aux_(aux), next_input_(start.inputs), next_aux_(start.aux) {}

    template <class Value>
    Variable alloc(Value&& value) {
        aux_[next_aux_] = value();
        return Variable::aux(static_cast<std::uint32_t>(next_aux_++));
    }
    /// Allocates `count` variables and returns their places, which the caller fills.
    std::span<crypto::Fr> alloc_values(std::size_t count) {
        next_aux_ += count;
        return aux_.subspan(next_aux_ - count, count);
    }
    template <class Value>
    Variable alloc_input(Value&& value) {
        inputs_[next_input_] = value();
        return Variable::input(static_cast<std::uint32_t>(next_input_++));
    }
    void enforce(std::initializer_list<Term>, std::initializer_list<Term>, std::initializer_list<Term>) {}
    void enforce(Terms, Terms, Terms) {}
    const crypto::Fr& value(Variable v) const { return v.is_aux() ? aux_[v.index()] : inputs_[v.index()]; }
    std::size_t inputs() const { return next_input_; }
    std::size_t aux() const { return next_aux_; }

  private:
    std::span<crypto::Fr> inputs_, aux_;
    std::size_t next_input_, next_aux_;
};

}  // namespace strata::proofs
