
// The first message is the compiled module: there is no network here to fetch it with.
self.onmessage = ({ data }) => {
  self.onmessage = null;
  initSync({ module: data });
};
