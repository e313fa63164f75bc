pub use blst;
