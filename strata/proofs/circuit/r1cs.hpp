#pragma once
// A circuit compiled to three sparse matrices, and values for its variables. It is compiled once for each circuit and
// sector size; key generation and proving walk it instead of synthesising the circuit again.
#include <optional>
#include <vector>

#include <strata/crypto/fr.hpp>
#include <strata/proofs/circuit/variable.hpp>

namespace strata::proofs {

/// A circuit consists of a head and of equal parts (challenges or sectors). Each part has the same rows with its own
/// variables shifted, while variables of the head stay. Only the first part is stored.
struct Repetition {
    Counts head;
    Counts part{0, 0, 0};
    std::size_t parts = 0;

    Counts whole() const {
        return {head.inputs + parts * part.inputs, head.aux + parts * part.aux, head.rows + parts * part.rows};
    }
    bool operator==(const Repetition&) const = default;
};

/// The terms of one row, sorted by variable, each variable once, no zero coefficient.
class RowTerms {
  public:
    class Iterator {
      public:
        using value_type = Term;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Term operator*() const { return row_->moved(*at_); }
        Iterator& operator++() { return ++at_, *this; }
        Iterator operator++(int) { return Iterator(row_, at_++); }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

      private:
        friend class RowTerms;
        Iterator(const RowTerms* row, const Term* at) : row_(row), at_(at) {}
        const RowTerms* row_ = nullptr;
        const Term* at_ = nullptr;
    };

    /// Returns a row of part `k`.
    RowTerms(Terms stored, const Repetition& repetition, std::size_t k)
        : stored_(stored),
          head_inputs_(static_cast<std::uint32_t>(repetition.head.inputs)),
          head_aux_(static_cast<std::uint32_t>(repetition.head.aux)),
          inputs_on_(static_cast<std::uint32_t>(k * repetition.part.inputs)),
          aux_on_(static_cast<std::uint32_t>(k * repetition.part.aux)) {}
    std::size_t size() const { return stored_.size(); }
    bool empty() const { return stored_.empty(); }
    Term operator[](std::size_t i) const { return moved(stored_[i]); }
    Iterator begin() const { return {this, stored_.data()}; }
    Iterator end() const { return {this, stored_.data() + stored_.size()}; }

  private:
    Term moved(const Term& term) const {
        const auto index = term.variable.index();
        if (term.variable.is_aux())
            return {Variable::aux(index < head_aux_ ? index : index + aux_on_), term.coefficient};
        return {Variable::input(index < head_inputs_ ? index : index + inputs_on_), term.coefficient};
    }
    Terms stored_;
    std::uint32_t head_inputs_, head_aux_, inputs_on_, aux_on_;
};

class SparseMatrix {
  public:
    /// To fill a matrix, push_row() the head's rows and those of one part, then repeat() the part if there are more.
    void push_row(Terms row) {
        terms_.insert(terms_.end(), row.begin(), row.end());
        ends_.push_back(static_cast<std::uint32_t>(terms_.size()));  // at most 5e8 terms (32 GiB sector update)
    }
    void repeat(const Repetition& repetition) { repetition_ = repetition; }

    std::size_t rows() const { return repetition_.parts == 0 ? ends_.size() : repetition_.whole().rows; }
    RowTerms row(std::size_t i) const {
        std::size_t part = 0;
        if (repetition_.parts != 0 && i >= repetition_.head.rows) {
            part = (i - repetition_.head.rows) / repetition_.part.rows;
            i -= part * repetition_.part.rows;
        }
        const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
        return {Terms(terms_.data() + begin, ends_[i] - begin), repetition_, part};
    }

  private:
    std::vector<Term> terms_;
    std::vector<std::uint32_t> ends_;
    Repetition repetition_;
};

/// Row i says (A_i · w)(B_i · w) = (C_i · w). The rows that Groth16 adds for the inputs (docs/protocol/proofs.md §13)
/// are not included.
struct R1cs {
    std::size_t inputs = 1;  // with ONE
    std::size_t aux = 0;
    std::size_t rows = 0;
    std::vector<crypto::Fr> coefficients;  // by CoefficientId
    SparseMatrix a, b, c;
};

struct Assignment {
    std::vector<crypto::Fr> inputs;  // [0] is one
    std::vector<crypto::Fr> aux;
    const crypto::Fr& operator[](Variable v) const { return v.is_aux() ? aux[v.index()] : inputs[v.index()]; }
};

/// Returns Σ coefficient · value over one row.
crypto::Fr evaluate(const R1cs& circuit, const RowTerms& row, const Assignment& values);

/// Computes the same for all rows of one matrix, in parallel.
std::vector<crypto::Fr> evaluate_rows(const R1cs& circuit, const SparseMatrix& matrix, const Assignment& values);

/// Returns the first row that `values` break, and an empty optional if all hold.
std::optional<std::size_t> first_unsatisfied(const R1cs& circuit, const Assignment& values);

}  // namespace strata::proofs
