//! The desk as pages and forms ask for it: checks who asks, calls the operation, and gives its answer the form of the
//! contract. One file per resource.

mod pushes;
